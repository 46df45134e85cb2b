-- wiring.lua — lays the cables of a plant, as its word `wiring` says or by itself, and holds the
-- layout against the wiring rules (decision B22).
--
-- Called with the simulator's functions and the checks of plant.lua; returns plan(given, shape,
-- asked), which returns what lay(plan) then builds.
-- Always true: lengths are whole millimetres, so that what is at a limit is not above it; what
-- hangs beyond something hangs beyond all that is wrong on the way to it.

local sim, check = ...

local refuse, check_words, check_type, check_list =
  check.refuse, check.words, check.type, check.list

-- What is taken where the plant file says nothing, mm; a module's cable is the guide's own 40 cm.
local default_mm = {
  trunk = 2000, boxes = 500, lead = 1000, module = 400, unit = 400, contacts = 2000,
}

-- Bus ports (guide, "Port, LED and Button Overview" and "Technical Data"); what is not here has
-- enough: the guide does not count those of boxes and repeaters.
local ports_of = { webmanager = 2, module = 2, current_sensor = 2, gx_r_aux = 2 }

local wiring_words = {
  power_supply = true, repeater = true, box = true, line = true, current_sensor = true,
  gx_r_aux = true, com2 = true, allow = true,
}
local repeater_words = { at = true, cable = true }
local box_words, sensor_words = repeater_words, repeater_words
local aux_words = { at = true, cable = true, contacts = true }
local line_words = {
  at = true, cable = true, modules = true, between = true, ring = true, back = true,
}

-- The rules by name; limits in mm or pieces.
local rules = {}
for _, rule in ipairs(sim.rules) do
  rule.scale = rule.unit == "m" and 1000 or 1
  rule.most = math.floor(rule.limit * rule.scale + 0.5)
  rules[rule.name] = rule
end
-- Nothing above these can be built: the register map ends there.
local is_fixed = { G = true, strings = true }

local function length_mm(value, fallback, what)
  if value == nil then
    return fallback
  end
  if type(value) ~= "number" or not (value >= 0.01 and value <= 1000) then
    refuse("%s is a length in m, from 0.01 to 1000, not %s", what, check.written(value))
  end
  return math.floor(value * 1000 + 0.5)
end

local function table_of(value, words, what)
  check_words(check_type(value, "table", what), words, what)
  return value
end

-- ---- hanging one thing on another -----------------------------------------------------------

local function take_port(node, user, what)
  local ports = ports_of[node.kind]
  if ports and #node.users == ports then
    refuse("%s: %s has %d bus ports, taken by %s; hang it elsewhere", what, node.name, ports,
           table.concat(node.users, " and "))
  end
  node.users[#node.users + 1] = user
end

local function put(node, rule, value)
  if value > (node.beyond[rule] or 0) then
    node.beyond[rule] = value
  end
end

-- From the webmanager, or from a repeater: distances count from there.
local function distance_at(node)
  return node.kind == "repeater" and 0 or node.distance
end

local function hang(plan, name, parent, cable_mm)
  local kind = name:match("^[%w_]+")
  local node = { name = name, kind = kind, parent = parent, users = {}, beyond = {} }
  take_port(parent, name, name)
  take_port(node, parent.name, name)
  for rule, value in pairs(parent.beyond) do
    node.beyond[rule] = value
  end
  node.distance = distance_at(parent) + cable_mm
  node.box = kind == "box" and node or parent.box
  if kind ~= "repeater" then
    put(node, "total", node.distance)
  end
  plan.nodes[#plan.nodes + 1] = node
  plan.by_name[name] = node
  return node
end

-- The node that `at` names; laid now if its turn has not come.
local function node_at(plan, at, what)
  local name = check_type(at, "string", what .. ".at")
  if not plan.by_name[name] and plan.waiting[name] then
    local lay = plan.waiting[name]
    plan.waiting[name] = nil
    lay()
  end
  local node = plan.by_name[name]
  if not node then
    refuse('%s.at: "%s" is %s; a cable begins at webmanager, repeater, box[n], module[n], '
           .. 'current_sensor[n] or gx_r_aux[n]', what, name,
           plan.known[name] and "itself beyond this one" or "not in this plant")
  end
  return node
end

-- Where the trunk goes and lines begin; not behind a device.
local function trunk_at(plan, at, what)
  local node = node_at(plan, at, what)
  if node.kind ~= "webmanager" and node.kind ~= "repeater" and node.kind ~= "box" then
    refuse('%s.at is webmanager, repeater or box[n], not "%s"', what, at)
  end
  return node
end

-- Lays what waits under this name, now or when something hangs on it first.
local function wait_for(plan, name, lay)
  plan.waiting[name] = lay
  plan.known[name] = true
  plan.order[#plan.order + 1] = name
end

-- ---- the parts ------------------------------------------------------------------------------

local function want_repeater(plan, given)
  wait_for(plan, "repeater", function()
    local what = "wiring.repeater"
    local parent = trunk_at(plan, given.at or "webmanager", what)
    local node = hang(plan, "repeater", parent, length_mm(given.cable, default_mm.trunk,
                                                         what .. ".cable"))
    put(node, "total_with_repeater", node.distance)
  end)
end

local function want_box(plan, number, given)
  local name = ("box[%d]"):format(number)
  wait_for(plan, name, function()
    local what = "wiring." .. name
    local at = given.at or (number == 1 and plan.trunk or ("box[%d]"):format(number - 1))
    local parent = trunk_at(plan, at, what)
    local is_beside = parent.kind == "box"
    local cable_mm = length_mm(given.cable, is_beside and default_mm.boxes or default_mm.trunk,
                               what .. ".cable")
    local node = hang(plan, name, parent, cable_mm)
    put(node, is_beside and "D" or "C", cable_mm)
    put(node, "boxes", number)
  end)
end

-- The cables of a line: to its first module, between all, and back; mm.
local function line_cables(given, count, what)
  local cables = { length_mm(given.cable, default_mm.lead, what .. ".cable") }
  local between = given.between
  local is_list = type(between) == "table"
  if is_list then
    check_list(between, count - 1, what .. ".between")
  end
  for k = 2, count do
    local each = between
    if is_list then
      each = between[k - 1]
    end
    cables[k] = length_mm(each, default_mm.module, what .. ".between")
  end
  if given.ring then
    cables.back = length_mm(given.back, default_mm.lead, what .. ".back")
  elseif given.back ~= nil then
    refuse("%s.back is the cable that closes a ring; say ring = true", what)
  end
  return cables
end

-- One module of a line; `along` is its distance from where the line begins.
local function hang_module(plan, line, k, parent, along_mm)
  local node = hang(plan, ("module[%d]"):format(line.first + k - 1), parent, line.cables[k])
  local start, owner = line.start, line.start.box or plan
  owner.modules = (owner.modules or 0) + 1
  plan.laid = plan.laid + 1
  put(node, "E", along_mm)
  put(node, "total", distance_at(start) + along_mm)
  put(node, "line", k)
  put(node, owner == plan and "no_box" or "box", owner.modules)
  if plan.power_supply == "12V2A" then
    put(node, "psu", plan.laid)
  end
  return node
end

local function lay_line(plan, line, what)
  local cables, count = line.cables, line.last - line.first + 1
  local forth_mm, whole_mm, longest_mm = 0, cables.back or 0, 0
  for k = 1, count do
    whole_mm = whole_mm + cables[k]
    longest_mm = math.max(longest_mm, k > 1 and cables[k] or 0)
  end
  local node = line.start
  for k = 1, count do
    forth_mm = forth_mm + cables[k]
    -- A ring has to serve each module from either side.
    local along_mm = cables.back and math.max(forth_mm, whole_mm - forth_mm) or forth_mm
    node = hang_module(plan, line, k, node, along_mm)
    if k > 1 then
      put(node, "F", cables[k])
    end
    if cables.back then
      put(node, "F", longest_mm)
    end
  end
  if cables.back then
    take_port(node, line.start.name, what .. ".back")
    take_port(line.start, node.name, what .. ".back")
    plan.backs[#plan.backs + 1] = { node.name, line.start.name }
  end
end

local function want_line(plan, number, given, shape)
  local what = ("wiring.line[%d]"):format(number)
  local range = check_type(given.modules, "table", what .. ".modules")
  local first, last = range[1], range[2]
  check_list(range, 2, what .. ".modules")
  if math.type(first) ~= "integer" or math.type(last) ~= "integer" or first < 1 or last < first
     or last > shape.modules then
    refuse("%s.modules is the first and the last module of the line, as in { 1, %d }", what,
           shape.modules)
  end
  if given.ring ~= nil then
    check_type(given.ring, "boolean", what .. ".ring")
  end
  if given.ring and first == last then
    refuse("%s.ring: one module makes no ring", what)
  end
  local line = { first = first, last = last }
  line.cables = line_cables(given, last - first + 1, what)
  local is_laid = false
  for n = first, last do
    local name = ("module[%d]"):format(n)
    if plan.known[name] then
      refuse("%s.modules: %s hangs on another line already", what, name)
    end
    wait_for(plan, name, function()
      if not is_laid then
        is_laid = true
        local at = given.at or plan.line_at(number)
        if not at then
          refuse('%s says not where it begins; write at = "box[1]"', what)
        end
        line.start = trunk_at(plan, at, what)
        lay_line(plan, line, what)
      end
    end)
  end
end

-- The first of these that is there and has a bus port left.
local function free_node(plan, names, what)
  for _, name in ipairs(names) do
    local node = plan.known[name] and node_at(plan, name, what)
    if node and #node.users < (ports_of[node.kind] or math.huge) then
      return node
    end
  end
  refuse('%s finds no free bus port; say where it hangs, as in { at = "box[1]" }', what)
end

-- A current sensor or a GX_R_AUX; `above`: where it may hang by itself.
local function want_unit(plan, kind, number, given, above)
  local name = ("%s[%d]"):format(kind, number)
  wait_for(plan, name, function()
    local what = "wiring." .. name
    local parent
    if given.at == nil then
      parent = free_node(plan, above, what)
    else
      parent = node_at(plan, given.at, what)
    end
    local is_first = parent.kind ~= "current_sensor" and parent.kind ~= "gx_r_aux"
    local cable_mm = length_mm(given.cable, is_first and default_mm.lead or default_mm.unit,
                               what .. ".cable")
    local node = hang(plan, name, parent, cable_mm)
    if kind == "current_sensor" then
      put(node, "H", node.distance)
    else
      put(node, "I", length_mm(given.contacts, default_mm.contacts, what .. ".contacts"))
    end
  end)
end

-- ---- the whole ------------------------------------------------------------------------------

-- Lines of up to fifty modules, four of them on a box; one line needs no box.
local function automatic_lines(boxes, modules)
  local most = rules.line.most
  local lines = {}
  if #boxes == 0 then
    return { { modules = { 1, modules } } }
  end
  for first = 1, modules, most do
    local box = math.min(#lines // (rules.box.most // most) + 1, #boxes)
    lines[#lines + 1] = {
      at = ("box[%d]"):format(box), modules = { first, math.min(first + most - 1, modules) },
    }
  end
  return lines
end

local function automatic_boxes(given, modules)
  local boxes = {}
  if given.line == nil and modules > rules.no_box.most then
    for i = 1, (modules + rules.box.most - 1) // rules.box.most do
      boxes[i] = {}
    end
  end
  return boxes
end

local function check_supply(given, shape)
  local supply = given.power_supply
  if supply == nil then
    return shape.modules > rules.psu.most and "12V3A" or "12V2A"
  end
  if supply ~= "12V2A" and supply ~= "12V3A" then
    refuse('wiring.power_supply is "12V2A" or "12V3A", not %s', check.written(supply))
  end
  return supply
end

local function want_lines(plan, given, boxes, shape)
  local lines = check_type(given.line or automatic_lines(boxes, shape.modules), "table",
                           "wiring.line")
  check_list(lines, #lines, "wiring.line")
  plan.line_at = function()
    if #boxes == 0 then
      return plan.trunk
    end
    return #boxes == 1 and "box[1]" or nil
  end
  for i = 1, #lines do
    want_line(plan, i, table_of(lines[i], line_words, ("wiring.line[%d]"):format(i)), shape)
  end
  for n = 1, shape.modules do
    if not plan.known[("module[%d]"):format(n)] then
      refuse("wiring.line: module[%d] hangs on no line", n)
    end
  end
end

local function want_units(plan, given, shape)
  local function want(kind, count, words, above)
    local units = check_list(given[kind] or {}, count, "wiring." .. kind)
    for i = 1, count do
      local what = ("wiring.%s[%d]"):format(kind, i)
      local names = { ("%s[%d]"):format(kind, i - 1), table.unpack(above) }
      want_unit(plan, kind, i, table_of(units[i] or {}, words, what), names)
    end
  end
  local sensors = shape.current_sensors
  want("current_sensor", sensors, sensor_words, { "webmanager", "repeater", "box[1]" })
  want("gx_r_aux", shape.gx_r_aux, aux_words,
       { ("current_sensor[%d]"):format(sensors), "webmanager", "repeater", "box[1]" })
end

-- Rules that may be broken: from the plant's own `allow`, and from the scenario's.
local function check_allow(allow, asked)
  local list = type(allow) == "string" and { allow } or check_type(allow or {}, "table", "allow")
  local allowed = {}
  local function add(name)
    if not rules[name] then
      refuse('allow: there is no wiring rule %s; there are: %s', check.written(name),
             table.concat(check.sorted(rules), ", "))
    end
    if is_fixed[name] then
      refuse('allow: nothing can be built beyond wiring rule %s: the register map ends there',
             name)
    end
    allowed[name] = true
  end
  for _, key in ipairs(check.sorted(check_list(list, #list, "allow"))) do
    add(list[tonumber(key)])
  end
  for name in asked:gmatch("[^, ]+") do
    add(name)
  end
  return allowed
end

local function worst_of(plan, rule)
  local value, where = 0, nil
  for _, node in ipairs(plan.nodes) do
    if (node.beyond[rule.name] or 0) > value then
      value, where = node.beyond[rule.name], node.name
    end
  end
  return value, where
end

-- Refuses a broken rule that nobody asked for, and an asked one that holds.
local function hold_against_rules(plan, allowed)
  for _, rule in ipairs(sim.rules) do
    local value, where = worst_of(plan, rule)
    if value > rule.most and not allowed[rule.name] then
      refuse('wiring rule %s, %s: %.14g %s at %s; at most %.14g: %s, or say allow = "%s" to see '
             .. 'what comes of it', rule.name, rule.meaning, value / rule.scale, rule.unit, where,
             rule.limit, rule.cure, rule.name)
    end
    if value <= rule.most and allowed[rule.name] then
      refuse('allow = "%s": nothing in this plant breaks that wiring rule; leave it out',
             rule.name)
    end
  end
end

-- A frame is corrupted with the share of the limit by which its device is beyond it; several
-- rules strike independently.
local function chance_at(node)
  local sound = 1
  for _, rule in ipairs(sim.rules) do
    local value = node.beyond[rule.name] or 0
    if value > rule.most then
      sound = sound * math.max(0, 1 - (value - rule.most) / rule.most)
    end
  end
  return 1 - sound
end

-- given: the plant's word `wiring`, or nil; asked: the scenario's allow, "E, line".
local function plan_wiring(given, shape, asked)
  given = table_of(given or {}, wiring_words, "wiring")
  local allowed = check_allow(given.allow, asked)
  local root = { name = "webmanager", kind = "webmanager", users = {}, beyond = {}, distance = 0 }
  local plan = {
    nodes = { root }, by_name = { webmanager = root }, known = { webmanager = true },
    waiting = {}, order = {}, backs = {}, laid = 0, power_supply = check_supply(given, shape),
    trunk = "webmanager",
  }
  if given.repeater ~= nil then
    local repeater = table_of(given.repeater, repeater_words, "wiring.repeater")
    want_repeater(plan, repeater)
    local is_behind = type(repeater.at) == "string" and repeater.at ~= "webmanager"
    plan.trunk = is_behind and "webmanager" or "repeater"
  end
  local boxes = check_type(given.box or automatic_boxes(given, shape.modules), "table",
                           "wiring.box")
  check_list(boxes, #boxes, "wiring.box")
  check.count(#boxes, 0, sim.boxes_max, "wiring.box")
  for i = 1, #boxes do
    want_box(plan, i, table_of(boxes[i], box_words, ("wiring.box[%d]"):format(i)))
  end
  want_lines(plan, given, boxes, shape)
  want_units(plan, given, shape)
  for _, name in ipairs(plan.order) do
    local lay = plan.waiting[name]
    plan.waiting[name] = nil
    if lay then
      lay()
    end
  end
  local com2_mm = length_mm(given.com2, default_mm.trunk, "wiring.com2")
  plan.nodes[#plan.nodes + 1] = {
    name = "com2", kind = "com2", parent = root, beyond = { A = com2_mm },
  }
  hold_against_rules(plan, allowed)
  return plan
end

-- Tells the simulator who hangs where, and what is disturbed.
local function lay(plan)
  for _, node in ipairs(plan.nodes) do
    if node.parent then
      sim.cable(node.parent.name, node.name)
    end
  end
  for _, back in ipairs(plan.backs) do
    sim.cable(back[1], back[2])
  end
  for _, node in ipairs(plan.nodes) do
    local chance = chance_at(node)
    if chance > 0 then
      sim.disturb(node.name, chance)
    end
  end
end

return plan_wiring, lay
