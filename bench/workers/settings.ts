/** Of every Worker that is measured. */
export const COMPATIBILITY_DATE = '2026-10-23';
/** 32 bytes, as HS256 wants. */
export const SECRET = 'Jz4mQw8TbXc2Rf6YnLs0Vd7KpGh3UaEi';
