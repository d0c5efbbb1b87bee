// Completion scripts, made from the tree of commands: they know what there is, and ask nobody.

import { type Command, type Group, isCommand } from './command.ts';
import { FORMATS } from './output.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

type Candidate = { word: string; description: string; takesValue: boolean };
/** What may follow these words; after a command's own words come arguments, which nobody can list. */
type Place = { words: string; isCommand: boolean; candidates: Candidate[] };

export function renderCompletion(root: Group, shell: (typeof SHELLS)[number]): string {
  const places = listPlaces(root, 'rag-cli');
  const options = places.flatMap(({ candidates }) => candidates.filter(({ takesValue }) => takesValue));
  const valued = [...new Set(options.map(({ word }) => word))];
  return { bash: renderBash, zsh: renderZsh, fish: renderFish }[shell](places, valued);
}

function listPlaces(node: Command | Group, words: string): Place[] {
  if (isCommand(node)) return [{ words, isCommand: true, candidates: listOptions(node) }];
  const children = Object.entries(node.commands);
  const candidates = children.map(([word, { description }]) => ({ word, description, takesValue: false }));
  return [
    { words, isCommand: false, candidates },
    ...children.flatMap(([word, child]) => listPlaces(child, `${words} ${word}`)),
  ];
}

function listOptions({ args }: Command): Candidate[] {
  return Object.entries(args)
    .filter(([, { type }]) => type !== 'positional')
    .map(([name, definition]) => {
      const { type, description = '' } = definition;
      if ('negativeDescription' in definition) {
        return { word: `--no-${name}`, description: definition.negativeDescription ?? '', takesValue: false };
      }
      return { word: `--${name}`, description, takesValue: type === 'string' };
    });
}

function renderBash(places: Place[], valued: string[]): string {
  const cases = places.map(
    ({ words, isCommand, candidates }) =>
      `    '${words}'${isCommand ? '*' : ''}) candidates='${candidates.map(({ word }) => word).join(' ')}' ;;`,
  );
  return `# bash completion of rag-cli
_rag_cli() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=rag-cli previous= word candidates=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $previous in
      ${valued.join('|')}) ;;
      *) [[ $word == -* ]] || words+=" $word" ;;
    esac
    previous=$word
  done
  case $previous in
    --output) COMPREPLY=($(compgen -W '${FORMATS.join(' ')}' -- "$current")); return ;;
    ${valued.filter((word) => word !== '--output').join('|')}) return ;;
  esac
  case $words in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
}
complete -o default -F _rag_cli rag-cli
`;
}

function renderZsh(places: Place[], valued: string[]): string {
  const cases = places.map(({ words, isCommand, candidates }) => {
    const list = candidates.map(({ word, description }) => quote(`${word}:${description}`)).join(' ');
    return `    ('${words}'${isCommand ? '*' : ''}) candidates=(${list}) ;;`;
  });
  return `#compdef rag-cli
_rag_cli() {
  local place=rag-cli previous= word
  local -a candidates
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case $previous in
      (${valued.join('|')}) ;;
      (*) [[ $word == -* ]] || place+=" $word" ;;
    esac
    previous=$word
  done
  case $previous in
    (--output) compadd -- ${FORMATS.join(' ')}; return ;;
    (${valued.filter((word) => word !== '--output').join('|')}) _files; return ;;
  esac
  case $place in
${cases.join('\n')}
  esac
  _describe rag-cli candidates || _files
}
if [[ $funcstack[1] == _rag-cli ]]; then _rag_cli "$@"; else compdef _rag_cli rag-cli; fi
`;
}

function renderFish(places: Place[], valued: string[]): string {
  const lines = places.flatMap(({ words, isCommand, candidates }) => {
    const here = `complete -c rag-cli -n '__rag_cli_at "${words}${isCommand ? '*' : ''}"'`;
    return candidates.map(({ word, description, takesValue }) => {
      const values = word === '--output' ? `-x -a '${FORMATS.join(' ')}'` : '-r';
      const what = word.startsWith('--') ? `-l ${word.slice(2)}${takesValue ? ` ${values}` : ''}` : `-f -a ${word}`;
      return `${here} ${what} -d ${quote(description)}`;
    });
  });
  return `# fish completion of rag-cli
function __rag_cli_at
  set -l place rag-cli
  set -l previous
  for word in (commandline -opc)[2..-1]
    if not contains -- "$previous" ${valued.join(' ')}; and not string match -q -- '-*' $word
      set -a place $word
    end
    set previous $word
  end
  string match -q -- $argv[1] "$place"
end
${lines.join('\n')}
`;
}

/** In single quotes, as all three shells read it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
