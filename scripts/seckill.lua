-- The reservation of a correct shop in one call: idempotent by order, limited by buyer and SKU, all lines or none.
--
-- KEYS  order, item, item ...                  one item a line; a cart names each item once
-- ARGV  buyer, limit, seconds, quantity ...    units a buyer may have of one item, payment time, then a quantity a line
--
-- Answers RESERVED, LIMIT item or SOLDOUT item. A known order answers what it was answered the first time; a refusal is
-- not stored, so the buyer may come again. `item` holds the stock left, `item:buyer` the units that this buyer has had.
--
-- Counting buyers in a hash an item would save memory and cost speed: HGET walks a hash of up to 512 buyers field by field.
-- The name of a count follows from the names of item and buyer, and is not among KEYS, because a load generator that draws
-- each word on its own could not name the same item twice. A cluster would want `{item}` in all names.

local order, buyer = KEYS[1], ARGV[1]
local limit, seconds = tonumber(ARGV[2]), ARGV[3]

-- First of all: the last buyer whose answer was lost must hear of the success again, not of an empty shelf.
local stored = redis.call('GET', order)
if stored then return stored end

-- Every line is checked before the first is taken.
for line = 2, #KEYS do
  local item, quantity = KEYS[line], tonumber(ARGV[line + 2])
  local bought = tonumber(redis.call('GET', item .. ':' .. buyer) or 0)
  if bought + quantity > limit then return 'LIMIT ' .. item end
  local stock = tonumber(redis.call('GET', item) or 0)
  if stock < quantity then return 'SOLDOUT ' .. item end
end

for line = 2, #KEYS do
  local item, quantity = KEYS[line], ARGV[line + 2]
  redis.call('DECRBY', item, quantity)
  redis.call('INCRBY', item .. ':' .. buyer, quantity)
end
redis.call('SET', order, 'RESERVED', 'EX', seconds)
return 'RESERVED'
