"""A flame graph as SVG: each function as wide as the share of the samples whose stacks have it, upon the one that called it."""
import html
import zlib

WIDTH, ROW, TOP, SIDE = 1200, 16, 34, 8
LEAST = 0.002    # of all samples; narrower ones are left out
LETTER = 6.2     # how wide one is
KERNEL_BEGINS = ("entry_SYSCALL_64_after_hwframe", "asm_exc_page_fault", "asm_sysvec_apic_timer_interrupt")


class Frame:
    def __init__(self):
        self.count, self.within = 0, {}

    def add(self, stack, count):
        frame = self
        frame.count += count
        for name in stack:
            frame = frame.within.setdefault(name, Frame())
            frame.count += count

    def depth(self, least):
        return 1 + max((f.depth(least) for f in self.within.values() if f.count >= least), default=0)


def colour(name, in_kernel):
    """The kernel's are blue, the program's orange; shades keep neighbours apart."""
    shade = zlib.crc32(name.encode()) % 40
    return f"rgb({120 + shade},{165 + shade},{205 + shade // 2})" if in_kernel else f"rgb({225 + shade // 2},{130 + shade},{60 + shade})"


def box(name, share, x, y, width, in_kernel):
    text, fits = html.escape(name), int(width / LETTER)
    shown = text if len(name) <= fits else html.escape(name[:fits - 1]) + "…" if fits > 3 else ""
    label = f'<text x="{x + 2:.1f}" y="{y + 12}">{shown}</text>' if shown else ""
    return (f'<g><title>{text}, {100 * share:.1f} %</title><rect x="{x:.1f}" y="{y}" width="{max(0.3, width - 0.5):.1f}" height="{ROW - 1}" '
            f'fill="{colour(name, in_kernel)}"/>{label}</g>')


def boxes(frame, x, y, scale, least, in_kernel):
    for name, inner in sorted(frame.within.items(), key=lambda item: -item[1].count):
        if inner.count < least:
            continue
        below = in_kernel or name in KERNEL_BEGINS
        width = inner.count * scale
        yield name, inner.count, x, y, width, below
        yield from boxes(inner, x, y - ROW, scale, least, below)
        x += width


def svg(stacks, title):
    """stacks: {tuple of names, the outermost first: samples}."""
    root = Frame()
    for stack, count in stacks.items():
        root.add(stack, count)
    least = max(1, LEAST * root.count)
    height = TOP + ROW * root.depth(least)
    scale = (WIDTH - 2 * SIDE) / max(1, root.count)
    parts = [box(name, count / root.count, *place) for name, count, *place in boxes(root, SIDE, height - 2 * ROW, scale, least, False)]
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" font-family="monospace" font-size="10">'
            f'<rect width="100%" height="100%" fill="#fff"/><text x="{SIDE}" y="20" font-size="13" font-family="sans-serif">{html.escape(title)}; the kernel in blue, '
            f'{root.count:,} samples</text>')
    return "\n".join([head, *parts, "</svg>"]) + "\n"
