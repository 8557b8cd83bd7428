import { subjects } from '@drawbridge/contracts'
import { commandDoor, openAccess } from '@drawbridge/nats'
import { expect, test } from 'vitest'
import { signedAgain } from '../dead-letters/actions.ts'

const admin = commandDoor({ ...openAccess(''), seedFile: 'admin.seed' }, 'root')
const nobody = commandDoor(openAccess(''), 'root')
const ANN = 'operator-ann'

test.each([
  ['a tick', subjects.tick('bot1'), '{"equity":1}', subjects.tick('bot1'), '{"equity":1}'],
  [
    'a command of a user',
    subjects.command(ANN, 'cash-flow', 'bot1'),
    '{"amount":1.10}',
    subjects.command('admin', 'cash-flow', 'bot1'),
    '{"onBehalfOf":"operator-ann","amount":1.10}',
  ],
  [
    'a command that says nothing',
    subjects.command(ANN, 'resume', 'bot1'),
    '',
    subjects.command('admin', 'resume', 'bot1'),
    '{"onBehalfOf":"operator-ann"}',
  ],
  [
    'a command without a field',
    subjects.command(ANN, 'resume', 'bot1'),
    '{}',
    subjects.command('admin', 'resume', 'bot1'),
    '{"onBehalfOf":"operator-ann"}',
  ],
  [
    'one that names somebody',
    subjects.commandFlags('http'),
    '{"by":"bob"}',
    subjects.commandFlags('admin'),
    '{"by":"bob"}',
  ],
  ['one that nobody can read', subjects.commandLimits(ANN), '{', subjects.commandLimits('admin'), '{'],
  ['one of nobody', subjects.controlLimits, '{"by":"bob"}', subjects.commandLimits('admin'), '{"by":"bob"}'],
  ['a wake-up', subjects.control('wake', 'bot1'), '', subjects.control('wake', 'bot1'), ''],
])('%s is sent again as the one who sends it', (_what, subject, text, subjectThen, textThen) => {
  const again = signedAgain(admin, subject, new TextEncoder().encode(text))

  expect({ ...again, data: new TextDecoder().decode(again.data) }).toEqual({ subject: subjectThen, data: textThen })
})

test('where there are no users a command is sent again as it was', () => {
  const data = new TextEncoder().encode('{}')
  const subject = subjects.command(ANN, 'resume', 'bot1')

  expect(signedAgain(nobody, subject, data)).toEqual({ subject, data })
})
