import images from '@drawbridge/test-kit/images.json' with { type: 'json' }

/** Images of others, by the variable of compose.yaml that chooses each. */
export const IMAGES: Readonly<Record<string, string>> = {
  NODE_IMAGE: images.node,
  NATS_IMAGE: images.nats,
  TIMESCALE_IMAGE: images.timescale,
  PROMETHEUS_IMAGE: images.prometheus,
  GRAFANA_IMAGE: images.grafana,
}

/** An image as it is named, without a digest that it was pinned to before. */
export function withoutDigest(image: string): string {
  return image.replace(/@.*$/, '')
}

/**
 * The text of an .env with these variables: a line that sets one is replaced, one that no line sets comes last, and all
 * others stay.
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
