import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { makeCertificates } from '../src/certificates.ts'

test('a server and a client with these certificates trust each other', async () => {
  const { ca, server, client } = await makeCertificates(['localhost', '127.0.0.1'], 'bot1')
  const seen = Promise.withResolvers<string | undefined>()
  const listening = createServer({ ...server, ca: ca.cert, requestCert: true }, (socket) => {
    seen.resolve(socket.getPeerX509Certificate()?.subject)
    socket.end()
  }).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo

  const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca: ca.cert, ...client })
  await once(socket, 'secureConnect')

  expect(socket.authorized).toBe(true)
  expect(await seen.promise).toBe('CN=bot1')
  socket.destroy()
  listening.close()
})

test('each call makes another authority, which did not sign what others did', async () => {
  const [one, other] = await Promise.all([makeCertificates(['localhost']), makeCertificates(['localhost'])])
  const server = new X509Certificate(one.server.cert)

  expect(server.verify(new X509Certificate(one.ca.cert).publicKey)).toBe(true)
  expect(server.verify(new X509Certificate(other.ca.cert).publicKey)).toBe(false)
  expect(server.checkHost('localhost')).toBe('localhost')
  expect(server.checkHost('example.com')).toBeUndefined()
})
