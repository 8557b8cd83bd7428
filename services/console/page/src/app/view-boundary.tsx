import { Component, type ComponentChildren } from 'preact'

interface BoundaryProps {
  readonly children: ComponentChildren
}

/** Shows a plain message instead of a view that throws; the rest of the page keeps working. */
export class ViewBoundary extends Component<BoundaryProps, { fault: string | null }> {
  override state = { fault: null }

  static override getDerivedStateFromError(error: unknown) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }

  override componentDidCatch(error: unknown): void {
    console.error(error)
  }

  override render() {
    const { fault } = this.state
    if (fault === null) return this.props.children
    return (
      <div class="empty" role="alert">
        <p>This view cannot be shown: {fault}. What bots may do is not changed by that.</p>
        <button type="button" onClick={() => this.setState({ fault: null })}>
          Try again
        </button>
      </div>
    )
  }
}
