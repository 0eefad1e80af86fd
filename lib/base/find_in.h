// What a map has under a key; nullptr: nothing.
#pragma once

namespace hawser {

template <class Map>
auto* find_in(Map& map, const typename Map::key_type& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace hawser
