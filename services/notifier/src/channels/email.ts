import { createHash } from 'node:crypto'
import type { ChannelConfig } from '@drawbridge/settings'
import { createTransport } from 'nodemailer'
import type { Attempt } from '../core/retry.ts'
import { type Channel, type Outgoing, plainText } from './channel.ts'
import { UNSENT } from './post.ts'
import { secretIn } from './secret-file.ts'

type EmailConfig = Extract<ChannelConfig, { kind: 'email' }>

/** How long a mail server may take, milliseconds. */
export interface MailServerTimes {
  /** To connect, and to greet. */
  readonly connectMs: number
  /** To say the next thing. A server that takes a message may check it for long before it says so. */
  readonly answerMs: number
}

/** RFC 5321, 4.5.3.2.6: who ends a connection earlier after the text makes the server send copies. */
const TIMES: MailServerTimes = { connectMs: 10_000, answerMs: 600_000 }

/** People by e-mail, as plain text: nothing in it can be markup. */
export function emailChannel(config: EmailConfig, times = TIMES): Channel {
  return { config, escape: plainText, send: (outgoing) => send(config, outgoing, times) }
}

async function send(config: EmailConfig, { id, message, only }: Outgoing, times: MailServerTimes): Promise<Attempt> {
  const password = config.passwordFile === null ? null : secretIn(config.passwordFile)
  if (password !== null && typeof password !== 'string') return password
  const { host, port, tls, user, from, to } = config
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'none',
    ...(user === null || password === null ? {} : { auth: { user, pass: password } }),
    connectionTimeout: times.connectMs,
    greetingTimeout: times.connectMs,
    socketTimeout: times.answerMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    const sent = await transport.sendMail({
      from,
      to: [...to],
      subject: message.title,
      text: message.lines.join('\n'),
      messageId: messageIdOf(id, from),
      headers: { 'Auto-Submitted': 'auto-generated' },
      // Who is written to; the mail itself names everybody.
      ...(only === undefined ? {} : { envelope: { from, to: [...only] } }),
    })
    const left = refusedForNow((sent.rejectedErrors ?? []) as readonly SmtpError[])
    const refused = sent.rejected.length - left.length
    return {
      kind: 'sent',
      id: sent.messageId,
      ...(refused === 0 ? {} : { missed: `the mail server refused ${refused} of ${to.length} recipients` }),
      ...(left.length === 0 ? {} : { left }),
    }
  } catch (error) {
    return failureOf(error as SmtpError, config)
  } finally {
    transport.close()
  }
}

/** The same whenever it is sent, so that a reader's program can know it again. */
function messageIdOf(id: string, from: string): string {
  const domain = from.slice(from.lastIndexOf('@') + 1).replaceAll(/[^A-Za-z0-9.-]/g, '')
  return `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@${domain}>`
}

/** The addresses that a server may take later, as those that are new to it, or whose mailbox is full. */
function refusedForNow(errors: readonly SmtpError[]): readonly string[] {
  return errors.flatMap(({ responseCode = 500, recipient }) =>
    recipient !== undefined && responseCode < 500 ? [recipient] : [],
  )
}

interface SmtpError extends Error {
  readonly code?: string
  /** The server's code, such as 550. */
  readonly responseCode?: number
  /** The code of the system, as ECONNREFUSED. */
  readonly originalCode?: string
  /** What took too long. */
  readonly timeoutType?: string
  /** The address that it is about. */
  readonly recipient?: string
}

/** What to look at if TLS cannot begin. */
const TLS_FAULTS: Readonly<Record<EmailConfig['tls'], string>> = {
  required: 'no TLS begins by STARTTLS; set tls to "implicit" (port 465), or to "none" for a server on this machine',
  implicit: 'no TLS begins at the first byte; set tls to "required" (STARTTLS, port 587)',
  none: 'TLS failed',
}

/** The reason has codes alone: a server may quote what it was sent. */
function failureOf(error: SmtpError, { tls }: EmailConfig): Attempt {
  const { code = 'no code', responseCode } = error
  const reason = `SMTP ${[responseCode, code].filter((part) => part !== undefined).join(' ')}`
  if (code === 'ETLS') return { kind: 'shut-out', reason: `${reason}: ${TLS_FAULTS[tls]}` }
  if (code === 'EAUTH') return { kind: 'shut-out', reason: `${reason}: look at user and password_file` }
  if (responseCode !== undefined && responseCode >= 500) {
    return code === 'EENVELOPE' || code === 'EMESSAGE' ? { kind: 'refused', reason } : { kind: 'shut-out', reason }
  }
  return { kind: 'failed', reason, afterMs: null, maybeSent: responseCode === undefined && wasConnected(error) }
}

/** Whether a connection was lost, so that nobody knows whether the server had taken the message. */
function wasConnected({ code, originalCode = '', timeoutType }: SmtpError): boolean {
  if (code === 'ETIMEDOUT') return timeoutType === 'SOCKET_TIMEOUT'
  return code === 'ECONNECTION' || (code === 'ESOCKET' && !UNSENT.has(originalCode))
}
