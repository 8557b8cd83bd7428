// A command as a user writes it: answers a line of JSON for each line of JSON.
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [file = ''] = process.argv.slice(2)

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, call, reason } = JSON.parse(line)
  const { calls = [], ...account } = JSON.parse(readFileSync(file, 'utf8'))
  if (account.crash === true) {
    console.error('Traceback: the terminal is closed')
    process.exit(3)
  }
  if (account.endless === true) {
    const more = () => process.stdout.write('x'.repeat(50_000), more)
    more()
  } else if (call === 'equity') console.log(JSON.stringify({ id, ...account }))
  else {
    const { closed, ...others } = account
    const isClosed = call === 'block'
    const told = closed === undefined ? {} : { changed: closed !== isClosed }
    const next = closed === undefined ? others : { ...others, closed: isClosed }
    writeFileSync(file, JSON.stringify({ ...next, calls: [...calls, { call, reason }] }))
    console.log(JSON.stringify({ id, ...told }))
  }
})
