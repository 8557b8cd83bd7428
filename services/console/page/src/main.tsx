import { render } from 'preact'
import { App } from './app/app.tsx'
import { followTitle } from './app/title.ts'
import { startClock } from './store/clock.ts'
import { followTheme } from './store/preferences.ts'
import { followRoute } from './store/route.ts'

followRoute()
startClock()
followTheme()
followTitle()
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
