// Sections as JSON objects, key by key as in a file, from one process of ours to another.
#pragma once

#include <boost/json/object.hpp>

#include "lib/config/engine/carry.h"

namespace hawser::config {

boost::json::object table_json(const Table& table);
Table table_from(const boost::json::object& object);

template <class S>
boost::json::object to_json(const Rows<S>& rows, const S& section) {
  return table_json(to_table(rows, section));
}

// Error: which key is not what its row takes.
template <class S>
Result<S> from_json(const Rows<S>& rows, const boost::json::object& object) {
  return from_table(rows, table_from(object));
}

}  // namespace hawser::config
