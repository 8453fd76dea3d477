/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest of the KVM probe. A broken KVM, nested in another hypervisor say, may still run a handful of
 * instructions; so this one does what a kernel does while it unpacks itself: it turns on paging, enters
 * long mode, fills and copies fresh memory with string instructions, asks for CPUID and the time, and takes a
 * timer interrupt. What it writes to the debug port ends QEMU.
 */
#include <string.h>

#include "kvm-payload.h"

#define RESET_VECTOR 0xfff0

#if defined(__x86_64__)
extern const guint8 stunt_payload_start[], stunt_payload_end[];

/* The image is at 0xf0000 as the guest sees it, the code at its start. Page tables at 2 MiB, work from 4 MiB
 * on. */
__asm__(
    ".pushsection .rodata\n"
    ".balign 16\n"
    ".globl stunt_payload_start, stunt_payload_end\n"
    ".hidden stunt_payload_start, stunt_payload_end\n"
    ".set base, 0xf0000\n"
    "stunt_payload_start:\n"
    ".code16\n"
    "    cli\n"
    "    cld\n"
    "    movw %cs, %ax\n"
    "    movw %ax, %ds\n"
    "    lgdtl (gdt_pointer - stunt_payload_start)\n"
    "    movl %cr0, %eax\n"
    "    orb $1, %al\n"
    "    movl %eax, %cr0\n"
    "    ljmpl $0x08, $(base + protected - stunt_payload_start)\n"
    ".code32\n"
    "protected:\n"
    "    movw $0x18, %ax\n"
    "    movw %ax, %ds\n"
    "    movw %ax, %es\n"
    "    movw %ax, %ss\n"
    "    movl $0x300000, %esp\n"
    /* local APIC: on, and the old interrupt controller goes through it */
    "    movl $0x1ff, 0xfee000f0\n"
    "    movl $0x700, 0xfee00350\n"
    /* page tables: one of each level, 512 pages of 2 MiB */
    "    movl $0x200000, %edi\n"
    "    xorl %eax, %eax\n"
    "    movl $0x1000, %ecx\n"
    "    rep stosl\n"
    "    movl $0x201003, 0x200000\n"
    "    movl $0x202003, 0x201000\n"
    "    movl $0x202000, %edi\n"
    "    movl $0x83, %eax\n"
    "    movl $512, %ecx\n"
    "1:  movl %eax, (%edi)\n"
    "    addl $8, %edi\n"
    "    addl $0x200000, %eax\n"
    "    loop 1b\n"
    "    movl %cr4, %eax\n"
    "    orl $0x20, %eax\n" /* PAE */
    "    movl %eax, %cr4\n"
    "    movl $0x200000, %eax\n"
    "    movl %eax, %cr3\n"
    "    movl $0xc0000080, %ecx\n" /* EFER.LME */
    "    rdmsr\n"
    "    orl $0x100, %eax\n"
    "    wrmsr\n"
    "    movl %cr0, %eax\n"
    "    orl $0x80000000, %eax\n"
    "    movl %eax, %cr0\n"
    "    ljmpl $0x10, $(base + long_mode - stunt_payload_start)\n"
    ".code64\n"
    "long_mode:\n"
    /* fill 16 MiB, copy it, compare: fresh memory all the way */
    "    movl $0x400000, %edi\n"
    "    movl $0x200000, %ecx\n"
    "    movq $0x5a5a1234a5a54321, %rax\n"
    "    rep stosq\n"
    "    movl $0x400000, %esi\n"
    "    movl $0x1400000, %edi\n"
    "    movl $0x200000, %ecx\n"
    "    rep movsq\n"
    "    movl $0x400000, %esi\n"
    "    movl $0x1400000, %edi\n"
    "    movl $0x200000, %ecx\n"
    "    repe cmpsq\n"
    "    jne failed\n"
    "    xorl %eax, %eax\n"
    "    cpuid\n"
    "    movl $1, %eax\n"
    "    cpuid\n"
    "    rdtsc\n"
    "    movl %eax, %esi\n"
    "    movl $100000, %ecx\n"
    "2:  pause\n"
    "    loop 2b\n"
    "    rdtsc\n"
    "    cmpl %eax, %esi\n"
    "    je failed\n"
    /* interrupt controller: vectors from 32, only the timer; interrupt table at 3 MiB */
    "    movb $0x11, %al\n    outb %al, $0x20\n    movb $0x20, %al\n    outb %al, $0x21\n"
    "    movb $0x04, %al\n    outb %al, $0x21\n    movb $0x01, %al\n    outb %al, $0x21\n"
    "    movb $0xfe, %al\n    outb %al, $0x21\n    movb $0xff, %al\n    outb %al, $0xa1\n"
    "    movl $(base + on_timer - stunt_payload_start), %eax\n"
    "    movl $0x310200, %edi\n" /* entry 32 */
    "    movw %ax, (%rdi)\n"
    "    movw $0x10, 2(%rdi)\n"
    "    movw $0x8e00, 4(%rdi)\n"
    "    shrl $16, %eax\n"
    "    movw %ax, 6(%rdi)\n"
    "    movq $0, 8(%rdi)\n"
    "    movw $0xfff, 0x300100\n"
    "    movq $0x310000, 0x300102\n"
    "    lidt 0x300100\n"
    /* timer channel 0: 100 Hz */
    "    movb $0x34, %al\n    outb %al, $0x43\n    movb $0x9c, %al\n    outb %al, $0x40\n"
    "    movb $0x2e, %al\n    outb %al, $0x40\n"
    "    sti\n"
    "3:  hlt\n"
    "    jmp 3b\n"
    "failed:\n"
    "    movb $1, %al\n"
    "    jmp report\n"
    "on_timer:\n"
    "    movb $0x2a, %al\n"
    "report:\n"
    "    movw $0x501, %dx\n"
    "    outb %al, %dx\n"
    "4:  hlt\n"
    "    jmp 4b\n"
    ".balign 8\n"
    "gdt:\n"
    "    .quad 0\n"
    "    .quad 0x00cf9a000000ffff\n" /* 0x08: 32-bit code */
    "    .quad 0x00af9a000000ffff\n" /* 0x10: 64-bit code */
    "    .quad 0x00cf92000000ffff\n" /* 0x18: data */
    "gdt_pointer:\n"
    "    .word gdt_pointer - gdt - 1\n"
    "    .long base + gdt - stunt_payload_start\n"
    "stunt_payload_end:\n"
    ".code64\n"
    ".popsection\n");

gboolean stunt_kvm_payload(guint8 *ret_image)
{
    static const guint8 far_jump[] = { 0xea, 0x00, 0x00, 0x00, 0xf0 }; /* ljmp 0xf000:0 */

    memset(ret_image, 0xf4, STUNT_PAYLOAD_SIZE); /* hlt */
    memcpy(ret_image, stunt_payload_start, stunt_payload_end - stunt_payload_start);
    memcpy(ret_image + RESET_VECTOR, far_jump, sizeof(far_jump));
    return TRUE;
}
#else
gboolean stunt_kvm_payload(guint8 *ret_image)
{
    (void)ret_image;
    return FALSE;
}
#endif
