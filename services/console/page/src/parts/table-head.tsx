/** A column that is not just a title over text. */
interface Column {
  readonly title: string
  /** Its cells are numbers. */
  readonly isNumber?: boolean
  /** The title is for those who do not see the page: its cells say it. */
  readonly isUnseen?: boolean
}

export function number(title: string): Column {
  return { title, isNumber: true }
}

export function unseen(title: string): Column {
  return { title, isUnseen: true }
}

/** The head of a table. */
export function TableHead({ columns }: { readonly columns: readonly (string | Column)[] }) {
  return (
    <thead>
      <tr>
        {columns
          .map((column) => (typeof column === 'string' ? { title: column } : column))
          .map(({ title, isNumber = false, isUnseen = false }: Column, index) => (
            <th key={`${index} ${title}`} scope="col" class={isNumber ? 'number' : undefined}>
              {isUnseen ? <span class="unseen">{title}</span> : title}
            </th>
          ))}
      </tr>
    </thead>
  )
}
