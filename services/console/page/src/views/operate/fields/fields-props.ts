export interface FieldsProps {
  readonly id: string
  /** What the address proposes. */
  readonly given: URLSearchParams
  /**
   * Called with the body of the command without its reason; null: it is not complete.
   * The tag is of what the fields were read from: it must still be so when the command is given.
   */
  readonly onChange: (body: Readonly<Record<string, unknown>> | null, etag?: string | null) => void
}
