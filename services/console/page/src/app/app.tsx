import { useEffect } from 'preact/hooks'
import { followLive } from '../store/live.ts'
import { isIn, readSession, session, sessionFault } from '../store/session.ts'
import { LoginView } from '../views/login/login-view.tsx'
import { Announcer } from './announcer.tsx'
import { Banner } from './banner.tsx'
import { Header } from './header.tsx'
import { Outlet } from './outlet.tsx'

export function App() {
  useEffect(() => void readSession(), [])
  if (session.value === null) return <Beginning />
  return isIn.value ? <Console /> : <LoginView />
}

/** Until it is known who looks. */
function Beginning() {
  const fault = sessionFault.value
  if (fault === null) return <p class="empty">Loading …</p>
  return (
    <div class="empty" role="alert">
      <p>The page could not begin: {fault}.</p>
      <button type="button" onClick={() => void readSession()}>
        Try again
      </button>
    </div>
  )
}

function Console() {
  useEffect(() => followLive(() => void readSession()), [])
  return (
    <>
      <a class="skip" href="#view">
        Skip to the view
      </a>
      <Header />
      <Banner />
      <Announcer />
      <main id="view" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  )
}
