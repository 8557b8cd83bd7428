import { useRef, useState } from 'preact/hooks'
import { login } from '../../store/session.ts'

/** The token is exchanged for a cookie that no script can read; the page keeps neither. */
export function LoginView() {
  const field = useRef<HTMLInputElement>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    const refused = await login(field.current?.value ?? '')
    setBusy(false)
    setFault(refused)
    if (refused !== null) field.current?.select()
  }
  return (
    <main class="login">
      <h1>Drawbridge</h1>
      <form onSubmit={(event) => void submit(event)}>
        <label for="token">Token</label>
        <input
          id="token"
          ref={field}
          type="password"
          autocomplete="current-password"
          required
          aria-describedby="token-about"
          aria-invalid={fault !== null}
        />
        <p id="token-about" class="quiet">
          A token of the role read, operate or admin. This makes one:{' '}
          <code>npm run drawbridge -- make-token --name me --role operate</code>
        </p>
        {fault !== null && (
          <p class="fault" role="alert">
            Not logged in: {fault}.
          </p>
        )}
        <button type="submit" class="primary" disabled={isBusy}>
          Log in
        </button>
      </form>
    </main>
  )
}
