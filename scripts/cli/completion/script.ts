import { ROOT } from './root.ts'

/** A command, and what may follow it. */
export interface Completed {
  readonly name: string
  readonly summary: string
  readonly options: readonly string[]
  /** Fixed words, as subcommands. */
  readonly words: readonly string[]
  readonly takesTrader: boolean
}

const START = `# Defines the command drawbridge, which works in the folder of this installation, and its completion.
drawbridge() { ( cd ${quoted(ROOT)} && PATH="$PWD/node_modules/.bin:$PATH" node scripts/cli/main.ts "$@" ); }
`

/** The words of a command as shell code: `case` branches that set `found`. */
function branches(commands: readonly Completed[]): string {
  return commands
    .map(({ name, options, words, takesTrader }) => {
      const traders = takesTrader ? ' $(drawbridge completion traders 2>/dev/null)' : ''
      const fixed = words.length === 0 ? '' : `${words.join(' ')}`
      return `    ${name}) options=${quoted(options.join(' '))}; [[ $current == -* ]] || found="${fixed}${traders}" ;;`
    })
    .join('\n')
}

export function bashScript(commands: readonly Completed[]): string {
  return `${START}
_drawbridge() {
  local current="\${COMP_WORDS[COMP_CWORD]}" options="" found=""
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W ${quoted(commands.map(({ name }) => name).join(' '))} -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${branches(commands)}
  esac
  [[ $current == -* ]] && found="$options"
  # For bash a colon ends a word, and ids of traders may have one: binance:btc.
  local typed="\${COMP_LINE:0:COMP_POINT}" before=""
  typed="\${typed##*[[:space:]]}"
  [[ $typed == *:* && $COMP_WORDBREAKS == *:* ]] && before="\${typed%"\${typed##*:}"}" current="$typed"
  COMPREPLY=($(compgen -W "$found" -- "$current"))
  COMPREPLY=("\${COMPREPLY[@]#"$before"}")
}
complete -o default -F _drawbridge drawbridge
`
}

export function zshScript(commands: readonly Completed[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`)
  return `${START}
_drawbridge() {
  local current="\${words[CURRENT]}" command="\${words[2]}" options="" found=""
  if (( CURRENT == 2 )); then
    local -a commands=(
${described.join('\n')}
    )
    _describe command commands
    return
  fi
  case "$command" in
${branches(commands)}
  esac
  [[ $current == -* ]] && found="$options"
  compadd -- \${=found} || _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _drawbridge drawbridge
`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
