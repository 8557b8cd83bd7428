import { limitsToMessage } from '@drawbridge/contracts'
import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import { PRESETS, presetNamed } from '@drawbridge/settings'
import { presetsAnswer } from './preset-answer.ts'

/** The limits of firms, as settings name them. */
export function addPresetRoutes(server: HttpServer): void {
  const summary = 'Presets: limits of firms, as settings name them'
  const schema = { summary, tags: ['limits'], response: presetsAnswer }
  server.get('/api/presets', { config: { access: 'read' }, schema }, () => ({ presets: PRESETS.names.map(told) }))
}

function told(name: string) {
  const preset = presetNamed(PRESETS, name)
  if (!preset.ok) throw new HttpFault(500, 'preset-unreadable', preset.reason)
  const { title, about, exampleBalance, limits } = preset.value
  return { name, title, about, exampleBalance, limits: limitsToMessage(limits) }
}
