// The few functions of the GNU C library that sockets need, called through node:ffi. Pointers are
// addresses inside one buffer of ours (arena.ts). Calls of up to three arguments are the fast ones:
// what runs for every packet has no more.

import type * as Ffi from 'node:ffi';

export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: bigint, bytes: number): number;
  getsockname(fd: number, address: bigint, bytes: bigint): number;
  close(fd: number): number;
  recvmsg(fd: number, header: bigint, flags: number): number;
  sendmsg(fd: number, header: bigint, flags: number): number;
  epollCreate(flags: number): number;
  epollCtl(epollFd: number, operation: number, fd: number, event: bigint): number;
  epollWait(epollFd: number, events: bigint, most: number, timeoutMs: number): number;
  /** Text to bytes; 1 when it was an address. */
  inetPton(family: number, text: string, into: bigint): number;
  /** Bytes to text; zero when there is no room. */
  inetNtop(family: number, address: bigint, into: bigint, room: number): bigint;
  interfaceIndex(name: string): number;
  interfaceName(index: number, into: bigint): bigint;
  /** Where a buffer begins; it must live as long as the address is used. */
  addressOf(memory: ArrayBuffer): bigint;
}

/** The layouts below are those of 64-bit Linux with glibc. */
const ARCHITECTURES = ['x64', 'arm64'];

/** That it is experimental is said in the documentation, and not at every start. */
function loadFfi(): typeof Ffi | undefined {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule('node:ffi');
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** @throws Error that says why not: another platform, an older Node, no permission */
export function loadLibc(): Libc {
  const { platform, arch } = process;
  if (platform !== 'linux' || !ARCHITECTURES.includes(arch)) {
    throw new Error(`no system calls are known for ${platform} on ${arch}`);
  }
  const ffi = loadFfi();
  if (ffi === undefined) throw new Error('this Node has no node:ffi');
  const { functions } = ffi.dlopen('libc.so.6', {
    socket: { arguments: ['i32', 'i32', 'i32'], return: 'i32' },
    bind: { arguments: ['i32', 'pointer', 'u32'], return: 'i32' },
    getsockname: { arguments: ['i32', 'pointer', 'pointer'], return: 'i32' },
    close: { arguments: ['i32'], return: 'i32' },
    recvmsg: { arguments: ['i32', 'pointer', 'i32'], return: 'i32' },
    sendmsg: { arguments: ['i32', 'pointer', 'i32'], return: 'i32' },
    epoll_create1: { arguments: ['i32'], return: 'i32' },
    epoll_ctl: { arguments: ['i32', 'i32', 'i32', 'pointer'], return: 'i32' },
    epoll_wait: { arguments: ['i32', 'pointer', 'i32', 'i32'], return: 'i32' },
    inet_pton: { arguments: ['i32', 'string', 'pointer'], return: 'i32' },
    inet_ntop: { arguments: ['i32', 'pointer', 'pointer', 'u32'], return: 'pointer' },
    if_nametoindex: { arguments: ['string'], return: 'u32' },
    if_indextoname: { arguments: ['u32', 'pointer'], return: 'pointer' },
  });
  return {
    socket: functions.socket,
    bind: functions.bind,
    getsockname: functions.getsockname,
    close: functions.close,
    recvmsg: functions.recvmsg,
    sendmsg: functions.sendmsg,
    epollCreate: functions.epoll_create1,
    epollCtl: functions.epoll_ctl,
    epollWait: functions.epoll_wait,
    inetPton: functions.inet_pton,
    inetNtop: functions.inet_ntop,
    interfaceIndex: functions.if_nametoindex,
    interfaceName: functions.if_indextoname,
    addressOf: (memory) => ffi.getRawPointer(memory),
  };
}
