-- xml.lua FILE TESTS FAILURES ERRORS — is the file well-formed XML, and are the counts right?

local name, tests, failures, errors = ...
local file = assert(io.open(name))
local text = file:read("a")
file:close()

assert(utf8.len(text), "not UTF-8")
assert(not text:find("[%z\1-\8\11-\31]"), "control characters")

local open, count = {}, {}
local position = 1
local rest = text:gsub("^<%?xml.-%?>", "")
while true do
  local from, to, close, tag, attributes, empty = rest:find("<(/?)([%a-]+)(.-)(/?)>", position)
  local between = rest:sub(position, (from or 0) - 1)
  assert(not between:find("[<>]"), "a stray bracket in: " .. between)
  for entity in between:gmatch("&([^;]*);?") do
    assert(entity:find("^[#%w]+$"), "a stray & in: " .. between)
  end
  if not from then
    break
  end
  local left = attributes:gsub('%s+[%w-]+="[^"<]*"', "")
  assert(left:find("^%s*$"), "bad attributes: " .. attributes)
  if close == "/" then
    assert(table.remove(open) == tag, "closes what is not open: " .. tag)
  else
    count[tag] = (count[tag] or 0) + 1
    if empty ~= "/" then
      open[#open + 1] = tag
    end
  end
  position = to + 1
end
assert(#open == 0, "not closed")
assert(count.testcase == tonumber(tests), "testcases")
assert((count.failure or 0) == tonumber(failures), "failures")
assert((count.error or 0) == tonumber(errors), "errors")
