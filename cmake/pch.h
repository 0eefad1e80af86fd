// The headers that nearly every file needs, compiled once. Not a place for Beast, OpenSSL, toml++ or CLI11:
// each of them belongs to few files.
#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio.hpp>
#include <fmt/format.h>
#include <tl/expected.hpp>
