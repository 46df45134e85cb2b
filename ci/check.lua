-- check.lua — the rules of the tree that can be read off its text; called by ci/check.
--
-- `lua5.4 ci/check.lua` reads the tree below the present folder, `--self-test` feeds each rule a
-- small bad tree and expects its finding. A finding is one line: FILE:LINE: what is wrong; cure.
-- A rule is a function of a file (path, text, lines); it never looks at the disk, so that the
-- self-test can hand it a tree that exists nowhere.

local LINE_MAX = 100
local FUNCTION_MAX = 70

local findings = {}

local function report(file, line, text, ...)
  findings[#findings + 1] = ("%s:%d: " .. text):format(file.path, line, ...)
end

local function set(words)
  local result = {}
  for word in words:gmatch("%S+") do
    result[word] = true
  end
  return result
end

-- ---- include directions ---------------------------------------------------------------------

local plain_c = "assert.h limits.h stdbool.h stddef.h stdint.h string.h"

-- A zone may include itself and the zones and libraries named; `system` lists the only system
-- headers it may include, where that is limited. The longest matching path counts.
local zones = {
  { path = "include/wm/", zones = "", libraries = "", system = "stdbool.h stddef.h stdint.h" },
  { path = "firmware/catalog/", zones = "include/wm/", libraries = "", tables = true },
  { path = "firmware/core/", zones = "include/wm/", libraries = "", system = plain_c },
  { path = "firmware/service/modbus/", zones = "include/wm/", libraries = "ev modbus" },
  { path = "firmware/service/snmp/", zones = "include/wm/", libraries = "ev net-snmp" },
  { path = "firmware/service/console/", zones = "include/wm/", libraries = "ev" },
  {
    path = "firmware/board/common/",
    zones = "include/wm/ firmware/core/ firmware/service/",
    libraries = "ev",
  },
  { path = "firmware/board/linux/", zones = "include/wm/ firmware/", libraries = "ev" },
  { path = "firmware/board/host/", zones = "include/wm/ firmware/ sim/", libraries = "ev" },
  { path = "sim/", zones = "include/wm/", libraries = "lua" },
  {
    path = "sim/battery/",
    zones = "include/wm/ sim/builtin.h sim/exponent.h sim/number.h sim/world.h",
    libraries = "lua",
  },
  { path = "sim/bus/", zones = "include/wm/ sim/world.h", libraries = "" },
  {
    path = "sim/devices/",
    zones = "include/wm/ sim/battery/ sim/bus/ sim/number.h sim/world.h",
    libraries = "",
  },
  { path = "harness/", zones = "include/wm/ sim/", libraries = "lua" },
  {
    path = "harness/probe/",
    zones = "include/wm/ harness/text.h harness/wall.h",
    libraries = "modbus net-snmp",
  },
  {
    path = "tests/",
    zones = "include/wm/ firmware/ sim/ harness/",
    libraries = "ev lua modbus net-snmp criterion",
  },
}
for _, zone in ipairs(zones) do
  zone.libraries = set(zone.libraries)
  zone.system = zone.system and set(zone.system)
end

local libraries = {
  { "^ev%.h$", "ev" },
  { "^modbus", "modbus" },
  { "^net%-snmp/", "net-snmp" },
  { "^criterion/", "criterion" },
  { "^lua", "lua" },
  { "^lauxlib%.h$", "lua" },
}

local function starts_with(text, prefix)
  return text:sub(1, #prefix) == prefix
end

local function zone_of(path)
  local best
  for _, zone in ipairs(zones) do
    if starts_with(path, zone.path) and (not best or #zone.path > #best.path) then
      best = zone
    end
  end
  return best
end

-- The file that a quoted include means; null for one made while building.
local function resolve(tree, from, name)
  local own = from:match("^(.*/)")
  for _, place in ipairs { own, "", "include/", "firmware/" } do
    if tree[place .. name] then
      return place .. name
    end
  end
end

local function may_include_zone(zone, path)
  if starts_with(path, zone.path) then
    return true
  end
  for allowed in zone.zones:gmatch("%S+") do
    if starts_with(path, allowed) then
      return true
    end
  end
  return false
end

local function check_system_include(file, zone, number, name)
  for _, library in ipairs(libraries) do
    if name:find(library[1]) then
      if not zone.libraries[library[2]] then
        report(file, number, "%s may not include <%s>; move what needs it", zone.path, name)
      end
      return
    end
  end
  if zone.system and not zone.system[name] then
    report(file, number, "%s may not include <%s>; pass in what is needed", zone.path, name)
  end
end

local function check_includes(file, tree)
  local zone = zone_of(file.path)
  if not zone then
    return
  end
  for number, line in ipairs(file.lines) do
    local quoted = line:match('^%s*#%s*include%s+"([^"]+)"')
    local system = line:match("^%s*#%s*include%s+<([^>]+)>")
    local target = quoted and resolve(tree, file.path, quoted)
    if quoted and quoted:find("..", 1, true) then
      report(file, number, "include by a way up; name it from the top of the tree")
    elseif target and not may_include_zone(zone, target) then
      report(file, number, "%s may not include %s; go through include/wm", zone.path, target)
    elseif quoted and quoted:find("%.def$") and not zone.tables and zone.path ~= "include/wm/" then
      report(file, number, "only include/wm and firmware/catalog expand tables; use catalog.h")
    elseif system then
      check_system_include(file, zone, number, system)
    end
  end
end

-- ---- code without comments and texts --------------------------------------------------------

-- The lines with comments, strings and characters blanked.
local function bare_lines(file)
  local text = file.text
  local function blank(part)
    return (part:gsub("[^\n]", " "))
  end
  text = text:gsub("/%*.-%*/", blank)
  text = text:gsub("//[^\n]*", blank)
  text = text:gsub('\\[\\"\']', "  ")
  text = text:gsub('"[^"\n]*"', blank)
  text = text:gsub("'[^'\n]*'", blank)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do
    lines[#lines + 1] = line
  end
  return lines
end

-- Calls that a zone must not make, with the cure.
local bans = {
  {
    path = "firmware/core/",
    words = [[malloc calloc realloc free alloca time clock clock_gettime gettimeofday nanosleep
      printf fprintf sprintf snprintf puts fopen open socket select poll pthread_create rand random
      getenv signal fork system exit abort setjmp longjmp]],
    cure = "the core has no heap, clock, thread or system; take it as an argument or a port",
  },
  {
    path = "tests/",
    words = "sleep usleep nanosleep",
    cure = "tests wait for an event, never for a time",
  },
}
for _, ban in ipairs(bans) do
  ban.words = set(ban.words)
end

local function check_bans(file)
  for _, ban in ipairs(bans) do
    if starts_with(file.path, ban.path) then
      for number, line in ipairs(file.bare) do
        for word in line:gmatch("([%a_][%w_]*)%s*%(") do
          if ban.words[word] then
            report(file, number, "%s() is banned here; %s", word, ban.cure)
          end
        end
      end
    end
  end
  for number, line in ipairs(file.bare) do
    if line:find("__attribute__%s*%(%(%s*weak") then
      report(file, number, "weak symbol; a missing function must fail to link")
    end
  end
end

-- ---- sizes ----------------------------------------------------------------------------------

local function check_line_length(file)
  for number, line in ipairs(file.lines) do
    local length = utf8.len(line) or #line
    if length > LINE_MAX then
      report(file, number, "%d columns; break it at %d", length, LINE_MAX)
    end
  end
end

-- A C function's braces stand in column 1: .clang-format sees to that.
local function check_c_functions(file)
  local opened
  for number, line in ipairs(file.bare) do
    if line:find("^{") then
      opened = number
    elseif line:find("^}") then
      if opened and number - opened - 1 > FUNCTION_MAX then
        local length = number - opened - 1
        report(file, opened, "function of %d lines; cut it at %d", length, FUNCTION_MAX)
      end
      opened = nil
    elseif opened and line:find("^%s*#%s*if") then
      report(file, number, "#if in a function; choose by linking another file")
    end
  end
end

-- A line of Lua without texts and comment.
local function bare_lua(line)
  return (line:gsub('\\[\\"]', ""):gsub('"[^"]*"', '""'):gsub("%-%-.*", ""))
end

-- A Lua function ends at the first `end` as far in as the line that opened it.
local function check_lua_functions(file)
  for number, whole in ipairs(file.lines) do
    local line = bare_lua(whole)
    local indent = line:find("%f[%w_]function%f[^%w_]") and line:match("^%s*")
    if indent and not line:find("%f[%w_]end%f[^%w_]") then
      local last = number + 1
      while file.lines[last] and not file.lines[last]:find("^" .. indent .. "end%f[^%w_]") do
        last = last + 1
      end
      if last - number - 1 > FUNCTION_MAX then
        report(file, number, "function of %d lines; cut it at %d", last - number - 1, FUNCTION_MAX)
      end
    end
  end
end

-- ---- words ----------------------------------------------------------------------------------

-- Put together here, so that this file passes its own rule.
local unfinished = { "TO" .. "DO", "FIX" .. "ME", "X" .. "XX", "HA" .. "CK" }
local machine_paths = { "/ho" .. "me/", "/ro" .. "ot/", "/wo" .. "rk/", "/Us" .. "ers/" }

local function check_words(file)
  for number, line in ipairs(file.lines) do
    for _, word in ipairs(unfinished) do
      if line:find("%f[%w_]" .. word .. "%f[^%w_]") then
        report(file, number, "%s: finish it, or open an issue", word)
      end
    end
    for _, path in ipairs(machine_paths) do
      if line:find("%f[%w/.]" .. path) then
        report(file, number, "a folder of one machine (%s); use a path inside the tree", path)
      end
    end
  end
end

local function check_top_comment(file)
  local name = file.path:match("[^/]*$")
  local start = "/*\n * " .. name .. " — "
  if not starts_with(file.text, start) then
    report(file, 1, "the top comment must begin with '%s — ' and the file's job", name)
  end
end

-- ---- the whole tree -------------------------------------------------------------------------

local function check_file(file, tree)
  local extension = file.path:match("%.(%w+)$")
  if extension == "c" or extension == "h" then
    file.bare = bare_lines(file)
    check_includes(file, tree)
    check_bans(file)
    check_c_functions(file)
  elseif extension == "lua" then
    check_lua_functions(file)
  end
  if extension == "c" or extension == "h" or extension == "def" then
    check_top_comment(file)
  end
  -- Tables are exempt from the line length: a row is a record, read by its columns.
  -- So are documents and data, which have no lines of our making.
  if extension == "c" or extension == "h" or extension == "lua" or file.path:find("^ci/") then
    check_line_length(file)
  end
  check_words(file)
end

-- tree: text by path. Returns the findings in the order of paths.
local function check_tree(tree)
  findings = {}
  local paths = {}
  for path in pairs(tree) do
    paths[#paths + 1] = path
  end
  table.sort(paths)
  for _, path in ipairs(paths) do
    local file = { path = path, text = tree[path], lines = {} }
    for line in (file.text .. "\n"):gmatch("(.-)\n") do
      file.lines[#file.lines + 1] = line
    end
    check_file(file, tree)
  end
  return findings
end

-- ---- self-test ------------------------------------------------------------------------------

local function c_file(name, body)
  return ("/*\n * %s — a file.\n */\n%s\n"):format(name, body)
end

local function function_of(lines)
  return "int f(void)\n{\n" .. ("    g();\n"):rep(lines) .. "}\n"
end

-- Each: path, text, and what its one finding must contain; none where nothing must be found.
local cases = {
  { "firmware/core/a.c", c_file("a.c", '#include "wm/b.h"\n#include <string.h>') },
  { "include/wm/a.h", c_file("a.h", "#include <stdio.h>"), "a.h:4: include/wm/ may not include" },
  { "firmware/core/a.c", c_file("a.c", "#include <time.h>"), "may not include <time.h>" },
  { "firmware/core/a.c", c_file("a.c", "#include <lua.h>"), "may not include <lua.h>" },
  { "firmware/core/a.c", c_file("a.c", '#include "sim/b.h"'), "may not include sim/b.h" },
  { "firmware/core/a.c", c_file("a.c", '#include "../../sim/b.h"'), "by a way up" },
  { "firmware/service/modbus/a.c", c_file("a.c", "#include <net-snmp/x.h>"), "<net-snmp/x.h>" },
  { "firmware/service/snmp/a.c", c_file("a.c", '#include "core/b.h"'), "firmware/core/b.h" },
  { "firmware/board/linux/a.c", c_file("a.c", '#include "sim/b.h"'), "may not include sim/b.h" },
  { "firmware/board/host/a.c", c_file("a.c", '#include "sim/b.h"\n#include "core/b.h"') },
  { "sim/a.c", c_file("a.c", '#include "core/b.h"'), "sim/ may not include firmware/core/b.h" },
  { "harness/a.c", c_file("a.c", '#include "core/b.h"'), "may not include firmware/core/b.h" },
  { "harness/a.c", c_file("a.c", "#include <modbus.h>"), "harness/ may not include <modbus.h>" },
  { "harness/probe/a.c", c_file("a.c", "#include <modbus.h>") },
  { "harness/probe/a.c", c_file("a.c", '#include "sim/b.h"'), "may not include sim/b.h" },
  { "firmware/board/host/a.c", c_file("a.c", '#include "harness/b.h"'), "harness/b.h; go" },
  { "sim/plant/a.c", c_file("a.c", '#include "sim/devices/b.h"') },
  { "sim/devices/a.c", c_file("a.c", '#include "sim/plant/b.h"'), "may not include sim/plant/b.h" },
  { "sim/bus/a.c", c_file("a.c", "#include <lua.h>"), "sim/bus/ may not include <lua.h>" },
  { "sim/a.c", c_file("a.c", '#include "wm/b.def"'), "only include/wm and firmware/catalog" },
  { "firmware/catalog/a.c", c_file("a.c", '#include "wm/b.def"') },
  { "firmware/core/a.c", c_file("a.c", "int *p = malloc(3);"), "malloc() is banned" },
  { "firmware/core/a.c", c_file("a.c", 'char *p = "malloc(3)"; /* free() */') },
  { "tests/unit/a.c", c_file("a.c", "usleep(3);"), "usleep() is banned" },
  { "sim/a.c", c_file("a.c", "int f(void) __attribute__((weak));"), "weak symbol" },
  { "sim/a.c", c_file("a.c", function_of(FUNCTION_MAX)) },
  { "sim/a.c", c_file("a.c", function_of(FUNCTION_MAX + 1)), "a.c:5: function of 71 lines" },
  { "sim/a.c", c_file("a.c", "int f(void)\n{\n#ifdef X\n#endif\n}"), "#if in a function" },
  { "sim/a.lua", "function f()\n" .. ("  g()\n"):rep(FUNCTION_MAX) .. "end\n" },
  { "sim/a.lua", "x = function()\n" .. ("  g()\n"):rep(FUNCTION_MAX + 1) .. "end\n", "71 lines" },
  { "sim/a.lua", ("x"):rep(LINE_MAX) },
  { "sim/a.lua", ("x"):rep(LINE_MAX + 1), "a.lua:1: 101 columns" },
  { "sim/a.lua", ("ä"):rep(LINE_MAX) },
  { "include/wm/a.def", c_file("a.def", ("x"):rep(LINE_MAX + 1)) },
  { "sim/a.lua", "-- " .. unfinished[1] .. ": later", "finish it" },
  { "README.md", "see " .. machine_paths[1] .. "me", "a folder of one machine" },
  { "README.md", "see docs" .. machine_paths[3] .. "x" },
  { "sim/a.c", "int x;\n", "the top comment must begin with 'a.c — '" },
}

local function self_test()
  local failures = 0
  for number, case in ipairs(cases) do
    local tree = {
      ["include/wm/b.h"] = c_file("b.h", ""),
      ["include/wm/b.def"] = c_file("b.def", ""),
      ["sim/b.h"] = c_file("b.h", ""),
      ["sim/devices/b.h"] = c_file("b.h", ""),
      ["sim/plant/b.h"] = c_file("b.h", ""),
      ["harness/b.h"] = c_file("b.h", ""),
      ["firmware/core/b.h"] = c_file("b.h", ""),
      [case[1]] = case[2],
    }
    local found = check_tree(tree)
    local is_right = #found == (case[3] and 1 or 0)
    if is_right and case[3] then
      is_right = found[1]:find(case[3], 1, true) ~= nil
    end
    if not is_right then
      failures = failures + 1
      print(("self-test %d, %s: wanted %s, found %s"):format(number, case[1],
        case[3] or "nothing", table.concat(found, " | ")))
    end
  end
  print(("%d rules tried on bad trees, %d failed"):format(#cases, failures))
  return failures == 0
end

-- ---- main -----------------------------------------------------------------------------------

local function read_tree()
  local tree = {}
  local list =
    assert(io.popen("find . \\( -name .git -o -path ./build \\) -prune -o -type f -print"))
  for path in list:lines() do
    local file = assert(io.open(path, "rb"))
    local text = file:read("a")
    file:close()
    -- Bytes that are no text (a capture, a picture) have no rules.
    if not text:find("\0", 1, true) then
      tree[path:gsub("^%./", "")] = text
    end
  end
  assert(list:close())
  return tree
end

if arg[1] == "--self-test" then
  os.exit(self_test())
end
for _, finding in ipairs(check_tree(read_tree())) do
  print(finding)
end
os.exit(#findings == 0)
