/** `[user@]host[:port]`; an IPv6 address with a port stands in brackets. */
export function destinationOf(text: string): { readonly destination: string; readonly port?: number } {
  const [, user = '', bracketed, plain = text, port] =
    /^(?:([^@]*@))?(?:\[([^\]]+)\]|([^:]+|[^[]*:[^[]*:[^[]*))(?::(\d+))?$/.exec(text) ?? [];
  const destination = user + (bracketed ?? plain);
  return { destination, ...(port !== undefined && { port: Number(port) }) };
}
