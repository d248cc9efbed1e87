import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * What limits by address are kept by: an IPv4 address itself, however it is written, and the first 64 bits of an IPv6
 * address, since whoever has one of these has 2^64. What is no address stands for itself.
 */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [plain = address] = address.split('%', 1);
  if (!isIPv6(plain)) return address;
  const [front = [], back] = plain.toLowerCase().split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = back === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => '0');
  const network = [...front, ...zeros, ...(back ?? [])].slice(0, 4);
  return `${network.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}

/** The client's address, each trusted proxy having added the one it saw; the same reading as Fastify's `trustProxy: hops`. */
export function addressOf(request: IncomingMessage, proxyHops: number): string {
  const direct = request.socket.remoteAddress ?? 'unknown';
  if (proxyHops === 0) return direct;
  const named = [request.headers['x-forwarded-for'] ?? []].flat().flatMap((line) => line.split(',')).map((one) => one.trim());
  return named.at(-Math.min(proxyHops, named.length)) || direct;
}
