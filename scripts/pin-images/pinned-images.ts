import images from '@drawbridge/testing/images.json' with { type: 'json' }

/** Third-party images, by their variables in compose.yaml. */
export const IMAGES: Readonly<Record<string, string>> = {
  NODE_IMAGE: images.node,
  NATS_IMAGE: images.nats,
  TIMESCALE_IMAGE: images.timescale,
  PROMETHEUS_IMAGE: images.prometheus,
  GRAFANA_IMAGE: images.grafana,
}

/** The name of an image without a previously pinned digest. */
export function withoutDigest(image: string): string {
  return image.replace(/@.*$/, '')
}

/**
 * The text of an .env with these variables: lines that set one are replaced, missing ones are appended, and all others
 * stay.
 */
export function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  for (const [name, value] of Object.entries(variables)) {
    const line = `${name}=${value}`
    const index = lines.findLastIndex((set) => set.startsWith(`${name}=`))
    if (index === -1) lines.push(line)
    else lines[index] = line
  }
  return `${lines.join('\n')}\n`
}

/** What an .env sets a variable to; null: nothing. */
export function valueIn(text: string, name: string): string | null {
  const line = text.split('\n').findLast((set) => set.startsWith(`${name}=`))
  return line === undefined ? null : line.slice(name.length + 1).trim() || null
}
