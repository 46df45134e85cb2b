-- order.lua — pairs and next with keys in an order of their own: that of Lua's differs from run to
-- run, and a run would with it.
--
-- Always true: false and true come first, then numbers, texts, items of the plant by their names.
-- Other keys have no order: they are refused.

local ranks = { boolean = 1, number = 2, string = 3, userdata = 4 }

local function sorted_keys(t, level)
  local keys, names = {}, {}
  for key in next, t do
    local kind = type(key)
    if not ranks[kind] then
      error(("keys that are a %s have no order; use texts or numbers"):format(kind), level + 1)
    end
    keys[#keys + 1] = key
    names[key] = kind == "number" and key or tostring(key)
  end
  table.sort(keys, function(a, b)
    local one, other = ranks[type(a)], ranks[type(b)]
    if one ~= other then
      return one < other
    end
    return names[a] < names[b]
  end)
  return keys
end

local order = {}

function order.pairs(t)
  local keys, i = sorted_keys(t, 2), 0
  return function()
    i = i + 1
    return keys[i], t[keys[i]]
  end
end

function order.next(t, after)
  local keys, i = sorted_keys(t, 2), 1
  if after ~= nil then
    while keys[i] ~= nil and keys[i] ~= after do
      i = i + 1
    end
    if keys[i] == nil then
      error("next was given a key that the table does not have", 2)
    end
    i = i + 1
  end
  return keys[i], t[keys[i]]
end

return order
