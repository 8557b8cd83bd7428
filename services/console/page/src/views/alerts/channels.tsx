import { Age } from '../../parts/age.tsx'
import { number, TableHead, unseen } from '../../parts/table-head.tsx'
import { mayAct } from '../../store/session.ts'
import { type Channel, channelInWords } from './alerts.ts'
import { Outcome } from './outcome.tsx'
import { useAsking } from './use-asking.ts'

interface Tested {
  readonly channel: string
  readonly outcome: 'sent' | 'gave-up' | 'waiting'
  readonly reason: string | null
}

interface ChannelsProps {
  readonly channels: readonly Channel[]
  readonly look: () => Promise<void>
}

function testInWords({ channel, outcome, reason }: Tested): string {
  if (outcome === 'sent') return `${channel} took the test message.`
  return outcome === 'gave-up'
    ? `${channel} refuses the test message: ${reason}.`
    : `${channel} has not taken the test message yet: ${reason}.`
}

/** Where messages go, and whether they are taken. */
export function Channels({ channels, look }: ChannelsProps) {
  const { isBusy, outcome, give } = useAsking<Tested>(look, testInWords)
  const mayTest = mayAct('operate')
  return (
    <section class="card" aria-labelledby="channels">
      <h2 id="channels">Channels</h2>
      {channels.length === 0 ? (
        <p class="quiet">No notifier has told of its channels yet.</p>
      ) : (
        <table>
          <TableHead columns={['Channel', 'State', number('Last message'), ...(mayTest ? [unseen('Test')] : [])]} />
          <tbody>
            {channels.map((channel) => (
              <tr key={channel.name} data-state={channel.state}>
                <th scope="row">
                  {channel.name} <span class="quiet">{channel.kind}</span>
                </th>
                <td class="what">{channelInWords(channel)}</td>
                <td class="number">
                  <Age at={channel.lastSentAt ?? ''} />
                </td>
                {mayTest && (
                  <td>
                    <button
                      type="button"
                      disabled={isBusy}
                      aria-label={`Send a test to ${channel.name}`}
                      onClick={() => void give(`/api/notify/channels/${encodeURIComponent(channel.name)}/test`, {})}
                    >
                      Test
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Outcome outcome={outcome} />
    </section>
  )
}
