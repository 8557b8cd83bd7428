import { COMMAND_WORDS, type CommandKind } from './command-kinds.ts'

/** What a command will do, and what it will not. */
export function CommandEffect({ kind }: { readonly kind: CommandKind }) {
  const { does, doesNot } = COMMAND_WORDS[kind]
  return (
    <div class="effect">
      <div>
        <h3>What it does</h3>
        <ul>
          {does.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      </div>
      <div>
        <h3>What it does not</h3>
        <ul>
          {doesNot.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      </div>
    </div>
  )
}
