// Stands in for modules that the bundle must not carry (wrangler.toml, [alias]).

export {};
