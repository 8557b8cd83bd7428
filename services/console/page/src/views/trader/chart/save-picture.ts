/** Saves both charts as one picture. @returns why it could not; null: it is saved */
export async function savePicture(host: HTMLElement, title: string, background: string, ink: string, name: string) {
  const canvases = [...host.querySelectorAll('canvas')]
  const scale = devicePixelRatio
  const head = 36 * scale
  const picture = document.createElement('canvas')
  picture.width = Math.max(1, ...canvases.map(({ width }) => width))
  picture.height = head + canvases.reduce((sum, { height }) => sum + height, 0)
  const ctx = picture.getContext('2d')
  if (ctx === null) return 'this browser cannot draw a picture'
  ctx.fillStyle = background
  ctx.fillRect(0, 0, picture.width, picture.height)
  ctx.fillStyle = ink
  ctx.font = `${14 * scale}px system-ui, sans-serif`
  ctx.fillText(title, 12 * scale, 24 * scale)
  let top = head
  for (const canvas of canvases) {
    ctx.drawImage(canvas, 0, top)
    top += canvas.height
  }
  const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve, 'image/png'))
  if (blob === null) return 'this browser cannot save a picture'
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
  return null
}
