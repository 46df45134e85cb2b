-- Two strings of nine new modules: none has an address yet. Each block has a voltage of its own, so
-- that a swapped pair would show.
local strings = {}
for i = 1, 2 do
  strings[i] = { module = {} }
  for k = 1, 9 do
    strings[i].module[k] = { voltage = 13.49 + ((i - 1) * 9 + k) / 1000 }
  end
end

plant "fresh_from_the_factory" {
  strings = 2,
  modules = 9,
  exact   = true,
  module  = { address = 0 },
  string  = strings,
}
