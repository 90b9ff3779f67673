import { WebSocketServer } from 'ws';

/**
 * The least that a fan-out can be: `ws` alone, the same text to every socket when it is told to. No subscription, no consent,
 * no join.
 */
const [port] = process.argv.slice(2);
const server = new WebSocketServer({ port: Number(port), host: '127.0.0.1', perMessageDeflate: false });
server.on('listening', () => process.send?.('listening'));
process.on('message', (text: string) => {
  for (const socket of server.clients) socket.send(text);
});
