/** The scripts that complete our words in a shell. All words in them are ours: nothing needs more than single quotes. */

import { unreachable } from '../core/unreachable.js';
import type { Offer, OfferedFlag, OfferedVerb, Shell } from '../input/completion.js';

export interface DescribedVerb extends OfferedVerb {
  readonly about: string;
}

export function completionScript(shell: Shell, verbs: readonly DescribedVerb[]): string {
  switch (shell) {
    case 'bash':
      return bashScript(verbs);
    case 'zsh':
      return zshScript(verbs);
    case 'fish':
      return fishScript(verbs);
    default:
      return unreachable(shell);
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const names = (verbs: readonly OfferedVerb[]): string => verbs.map(({ name }) => name).join(' ');

function bashScript(verbs: readonly DescribedVerb[]): string {
  const cases = verbs.map(
    (verb) => `    ${verb.name})
${bashValues(verb)}      case $cur in
        -*) words ${quoted(verb.flags.flatMap(({ flags }) => flags).join(' '))} ;;
        *) ${bashOffer(verb.word)} ;;
      esac ;;
`,
  );
  return `# Completions of batchtool for bash: eval "$(batchtool completion bash)"
_batchtool() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev='' at=$((COMP_CWORD - 1))
  COMPREPLY=()
  words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
  files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen "$1" -- "$cur"); }
  asked() { words "$("\${COMP_WORDS[0]}" completion "$1" 2>/dev/null)"; }
  # bash takes "--opt=value" for three words.
  if [[ $cur == = ]]; then cur=''; elif [[ \${COMP_WORDS[at]} == = ]]; then at=$((at - 1)); fi
  if ((at > 0)); then prev=\${COMP_WORDS[at]}; fi
  if ((COMP_CWORD == 1)); then words ${quoted(`${names(verbs)} help --help --version`)}; return; fi
  case \${COMP_WORDS[1]} in
    help) words ${quoted(names(verbs))} ;;
${cases.join('')}  esac
}
complete -F _batchtool batchtool
`;
}

/** What stands behind an option with a value is completed before anything else. */
function bashValues({ flags }: OfferedVerb): string {
  const lines = flags.flatMap(({ flags: same, value }) =>
    value === undefined ? [] : [`        ${same.join('|')}) ${bashOffer(value)}; return ;;\n`],
  );
  return lines.length === 0 ? '' : `      case $prev in\n${lines.join('')}      esac\n`;
}

function bashOffer(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return `words ${quoted(offer.words.join(' '))}`;
    case 'files':
      return 'files -f';
    case 'folders':
      return 'files -d';
    case 'runs':
    case 'tasks':
      return `asked ${offer.kind}`;
    case 'text':
      return ':';
    default:
      return unreachable(offer);
  }
}

function zshScript(verbs: readonly DescribedVerb[]): string {
  const described = verbs.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}`);
  const cases = verbs.map(({ name, flags, word }) => {
    const specs = flags.flatMap((flag) => zshSpecs(flag)).map((spec) => `        ${spec} \\\n`);
    return `      ${name})\n        _arguments \\\n${specs.join('')}        ${quoted(`*:word:${zshAction(word)}`)} ;;\n`;
  });
  return `#compdef batchtool
# Completions of batchtool for zsh: eval "$(batchtool completion zsh)", below compinit
_batchtool_asked() { compadd -- \${(f)"$(batchtool completion $1 2>/dev/null)"} }
_batchtool() {
  local -a verbs=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe verb verbs; return; fi
  local verb=$words[2]
  shift words; (( CURRENT-- ))
  case $verb in
      help) _describe verb verbs ;;
${cases.join('')}  esac
}
compdef _batchtool batchtool
`;
}

function zshSpecs({ flags, help, value }: OfferedFlag): string[] {
  const text = help.replace(/[[\]:\\]/g, '\\$&');
  return flags.map((flag) =>
    value === undefined
      ? quoted(`${flag}[${text}]`)
      : quoted(`*${flag.startsWith('--') ? `${flag}=` : flag}[${text}]:value:${zshAction(value)}`),
  );
}

function zshAction(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return `(${offer.words.join(' ')})`;
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    case 'runs':
    case 'tasks':
      // Without the blank zsh adds words of its own behind the name.
      return ` _batchtool_asked ${offer.kind}`;
    case 'text':
      return ' ';
    default:
      return unreachable(offer);
  }
}

function fishScript(verbs: readonly DescribedVerb[]): string {
  const lines = verbs.flatMap(({ name, about, flags, word }) => {
    const begin = `complete -c batchtool -n '__fish_seen_subcommand_from ${name}'`;
    const offered = fishOffer(word);
    return [
      `complete -c batchtool -n __fish_use_subcommand -a ${name} -d ${quoted(about)}`,
      ...(offered === '' ? [] : [`${begin} ${offered}`]),
      ...flags.map((flag) => `${begin} ${fishFlag(flag)}`),
    ];
  });
  return `# Completions of batchtool for fish
complete -c batchtool -f
${lines.join('\n')}
`;
}

function fishFlag({ flags, help, value }: OfferedFlag): string {
  const words = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  // Without "-x" fish adds the files of the folder to what is offered.
  const offered = value === undefined ? [] : [value.kind === 'files' ? '-r' : '-x', fishOffer(value)];
  return [...words, ...offered, '-d', fishQuoted(help)].filter((word) => word !== '').join(' ');
}

function fishOffer(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return `-a ${quoted(offer.words.join(' '))}`;
    case 'files':
      return '-F';
    case 'folders':
      return `-a '(__fish_complete_directories)'`;
    case 'runs':
    case 'tasks':
      return `-a '(batchtool completion ${offer.kind} 2>/dev/null)'`;
    case 'text':
      return '';
    default:
      return unreachable(offer);
  }
}

/** In fish a backslash escapes inside single quotes. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
