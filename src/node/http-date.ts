/** RFC 9110 §5.6.7, the one form that senders may use: `Sun, 06 Nov 1994 08:49:37 GMT`. Epoch milliseconds. */
export function httpDate(header: string | undefined): number | undefined {
  if (header === undefined || !/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header))
    return undefined;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : date;
}

/** What the server's clock shows, however long its answer lay in a cache (RFC 9111 §5.1). Epoch milliseconds. */
export function serverTime({ date, age }: Readonly<Record<string, string>>): number | undefined {
  const sentAt = httpDate(date);
  return sentAt === undefined || age === undefined || !/^\d+$/.test(age)
    ? sentAt
    : sentAt + Number(age) * 1_000;
}
