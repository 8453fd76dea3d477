-- SPDX-License-Identifier: GPL-2.0-or-later
-- Programs of a few instructions, for what no tool of the guest shows.
local tiny = {}

-- exit(7), as a program's first instructions.
tiny.exit_7 = "\x31\xc0\xb0\x3c" -- xor eax, eax; mov al, 60
           .. "\x31\xff\x40\xb7\x07\x0f\x05" -- xor edi, edi; mov dil, 7; syscall

-- Writes the processor's time stamp to its output, eight bytes.
tiny.time_stamp = "\x0f\x31\x48\xc1\xe2\x20\x48\x09\xd0\x50" -- rdtsc; shl rdx, 32; or rax, rdx; push rax
               .. "\x6a\x01\x58\x6a\x01\x5f\x54\x5e\x6a\x08\x5a\x0f\x05" -- write(1, rsp, 8)
               .. "\x6a\x3c\x58\x31\xff\x0f\x05" -- exit(0)

-- An ELF program of this code.
function tiny.program(code)
  local base, head = 0x400000, 64 + 56
  return string.pack("<c16 I2 I2 I4 I8 I8 I8 I4 I2 I2 I2 I2 I2 I2", "\x7fELF\2\1\1", 2, 62, 1, base + head, 64, 0, 0,
                     64, 56, 1, 0, 0, 0)
    .. string.pack("<I4 I4 I8 I8 I8 I8 I8 I8", 1, 5, 0, base, base, head + #code, head + #code, 4096) .. code
end

-- Runs a command of the shell and expects it to succeed; gives its output without the last newline.
function tiny.sh(vm, words)
  local r = vm:run { "sh", "-c", words }
  expect.equal(r.status, 0, words .. ": " .. r.err)
  return (r.out:gsub("\n$", ""))
end

return tiny
