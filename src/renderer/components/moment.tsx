import { useWindow } from '../window-context.ts';

/** A moment in words; the whole of it on hover, for whoever wants to know exactly. */
export function Moment({
  at,
  children,
}: {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly children: string;
}) {
  const { messages } = useWindow();
  return (
    <time dateTime={new Date(at).toISOString()} title={wholeMoment(at, messages.locale)}>
      {children}
    </time>
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wholeMoment(at: number, locale: string): string {
  let format = formats.get(locale);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' });
    formats.set(locale, format);
  }
  return format.format(at);
}
