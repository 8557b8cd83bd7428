/**
 * What the measured page runs beside itself, before its own scripts. Everything is kept only until it is taken, so that the
 * measurement does not grow in the page.
 */
export interface PageProbe {
  /** Milliseconds from the navigation until it was painted. */
  readonly firstPaint: number | null
  readonly firstRow: number | null
  /** From the arrival of the equity of the chart until the chart was painted. */
  readonly chart: number | null
}

/** A trader's equity came to be on screen at this time, milliseconds since 1970. */
export interface Shown {
  readonly trader: string
  readonly equity: number
  readonly at: number
}

export interface Taken {
  readonly shown: readonly Shown[]
  /** Times from frame to frame, milliseconds. */
  readonly frames: readonly number[]
}

/** Text, as it runs in the page, where there is neither Node.js nor TypeScript. */
export const IN_PAGE = `
{
  const equities = new Map()
  let shown = []
  let frames = []
  let lastFrame = null
  let firstRow = null
  let stroke = null
  const painted = (then) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => { port1.close(); then(performance.now()) }
    port2.postMessage(null)
  })
  const look = () => {
    const changed = []
    for (const row of document.querySelectorAll('tr.trader')) {
      const trader = row.querySelector('[data-row]')?.textContent ?? ''
      const equity = Number.parseFloat((row.querySelector('.equity')?.textContent ?? '').replaceAll(',', ''))
      if (equities.get(trader) === equity) continue
      equities.set(trader, equity)
      changed.push({ trader, equity })
    }
    if (changed.length === 0) return
    painted((at) => {
      firstRow ??= at
      if (shown.length < 20000) for (const one of changed) shown.push({ ...one, at: performance.timeOrigin + at })
    })
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true })
  const frame = (at) => {
    if (lastFrame !== null && frames.length < 20000) frames.push(at - lastFrame)
    lastFrame = at
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
  const draw = CanvasRenderingContext2D.prototype.stroke
  CanvasRenderingContext2D.prototype.stroke = function (...args) {
    if (stroke === null) {
      stroke = { begun: performance.now(), painted: null }
      painted((at) => { stroke.painted = at })
    }
    return draw.apply(this, args)
  }
  const chartMs = () => {
    if (stroke === null || stroke.painted === null) return null
    const answers = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/equity?'))
    const came = answers.map(({ responseEnd }) => responseEnd).filter((end) => end > 0 && end <= stroke.begun)
    return came.length === 0 ? null : stroke.painted - Math.max(...came)
  }
  globalThis.probe = {
    times: () => ({
      firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
      firstRow,
      chart: chartMs(),
    }),
    take: () => {
      const taken = { shown, frames }
      shown = []
      frames = []
      return taken
    },
    scroll: (ms) => new Promise((resolve) => {
      const scroller = document.querySelector('.scroller')
      const begun = performance.now()
      let direction = 1
      const step = () => {
        const before = scroller.scrollTop
        scroller.scrollTop += direction * 120
        if (scroller.scrollTop === before) direction = -direction
        if (performance.now() - begun < ms) requestAnimationFrame(step)
        else resolve()
      }
      requestAnimationFrame(step)
    }),
  }
}`
