/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Global functions: declaring a scenario, ending it. */
#include "lib/scenario/bindings.h"
#include "lib/scenario/declare.h"

static int declare(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_of(L);

    luaL_checktype(L, 1, LUA_TTABLE);
    if (runtime->declared) {
        return luaL_error(L, "scenario{} was called before: one scenario a file");
    }
    runtime->declared = TRUE;
    stunt_declare_scenario(L, 1, runtime);
    lua_settop(L, 1);
    return 1;
}

/* Lets the verdict fall with the message in argument 1 and ends the script. */
static int end(lua_State *L, StuntStatus status)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    const char *text = luaL_checkstring(L, 1);
    char *where = stunt_bridge_where(L);

    if (status == STUNT_SKIP) {
        lua_pushstring(L, text);
    } else {
        lua_pushfstring(L, "%s: %s", where, text);
    }
    g_free(where);
    stunt_runtime_judge(runtime, status, lua_tostring(L, -1));
    return lua_error(L);
}

static int skip(lua_State *L)
{
    return end(L, STUNT_SKIP);
}

static int fail(lua_State *L)
{
    return end(L, STUNT_FAIL);
}

static int to_ns(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)stunt_bridge_to_ns(L, 1, "argument"));
    return 1;
}

static const StuntFunction functions[] = {
    { "scenario", declare, "scenario { fields } -> scenario",
      "Declares the scenario; the file returns what it gives. Fields:\n\n"
      "- `summary`: one line that says what must hold. Required.\n"
      "- `run`: `function(vm)`, the steps. Required.\n"
      "- `machine`: devices by name, `dma0 = \"dma\"` or `dma0 = { type = \"dma\", [\"dma-width\"] = 40\n"
      "  }` with device properties, and settings: `memory` (MiB, 256), `kernel` (name, the\n"
      "  default), `cmdline` (added to the kernel's), `realtime` (false; true gives up exact\n"
      "  repetition), `vcpus` (1; more only with `realtime`), `iommu` (true: an Intel IOMMU with\n"
      "  interrupt remapping is needed; false: none may be there; left out: `--iommu` decides), `chardev`\n"
      "  (only with `realtime`: by name, what QEMU's `-chardev` takes, for properties of devices that want\n"
      "  one).\n"
      "- `modules`: kernel modules that are loaded before `run`, `\"name\"` or `{ \"name\",\n"
      "  \"parameter=1\" }`.\n"
      "- `deadline`: virtual time that `run` may take, `\"60s\"` by default. A run that is late is a\n"
      "  FAIL (hang).\n"
      "- `oracle`: what the health oracle (docs/reference/oracle.md) lets pass or must find: `allow`, a\n"
      "  list of Perl-compatible patterns; a report of the kernel with such a line is no finding.\n"
      "  `expect`, a list of findings that are required, `{ kind = \"warn\", pattern = \"toy: .* lost\",\n"
      "  count = 2 }` with kind, pattern or both: fewer, or more, are a FAIL; `count` is 1 when left out,\n"
      "  `true` for any number but none. `leave_loaded`, why the modules are not unloaded at the end, as\n"
      "  they are without it, to see what is left of them. `misuse`, how many misuse events each device is to see,\n"
      "  `{ dma0 = 2 }`, or `true` for any number.\n"
      "- `verdict`: the verdict that is right for this scenario, `\"PASS\"` by default. One that\n"
      "  shows the bench at work may say `\"INVALID\"` or `\"FAIL\"`: it passes with exactly this\n"
      "  verdict and fails with any other.\n"
      "- `catches`: planted bugs (`stunt variants`) that this scenario must find.\n"
      "- `outcomes`: outcomes of cells (`vm:cell`) that are good, `{ \"ok\" }` by default.\n"
      "- `proves`: pairs of event class and action that it shows, and what the driver then does:\n"
      "  `{ [\"irq.raise drop\"] = \"the watchdog finds the completion\" }`. A rule of each must fire in\n"
      "  every run, else it is INVALID. `\"* ACTION\"` are all classes of the machine's devices." },
    { "skip", skip, "skip(reason)", "Ends the run: it does not apply here." },
    { "fail", fail, "fail(message)", "Ends the run with a FAIL." },
    { "ns", to_ns, "ns(time) -> integer", "A time in nanoseconds: `ns(\"5ms\")` is 5000000." },
    { NULL, NULL, NULL, NULL },
};

const StuntBinding stunt_binding_scenario = {
    .name = "",
    .doc = "Beside these, `print(…)` puts a line on the timeline.",
    .function = functions,
};
