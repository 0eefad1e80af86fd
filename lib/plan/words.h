// Pieces of the lines that describe() makes, which people read and tests/golden pins: "NAME FROM -> TO" for
// each attribute that differs, "NAME VALUE" for each that is not the usual one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "lib/state/network.h"

namespace hawser::words {

class List {
 public:
  template <class T>
  void change(std::string_view name, const T& from, const T& to) {
    if (!(from == to)) put(fmt::format("{} {} -> {}", name, from, to));
  }
  template <class T>
  void unusual(std::string_view name, const T& value, const T& usual) {
    if (!(value == usual)) put(fmt::format("{} {}", name, value));
  }
  void put(std::string_view text) {
    text_ += separator();
    text_ += text;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] std::string_view separator() const { return text_.empty() ? "" : ", "; }

  std::string text_;
};

inline std::string_view on_off(bool value) {
  return value ? "on" : "off";
}
inline std::string_view or_none(std::string_view text) {
  return text.empty() ? "none" : text;
}

template <class T>
std::string or_none(const std::optional<T>& value) {
  return value ? to_string(*value) : "none";
}

// rtm_protocol and IFA_PROTO in words; numbers of <linux/rtnetlink.h>, and ours (Owner).
std::string protocol(std::uint8_t protocol);

// "TEXT, MORE", where there is more.
std::string with(std::string text, std::string_view more);

// "NAME: set ATTRIBUTE FROM -> TO"
template <class T>
std::string set(std::string_view object, std::string_view name, const T& from, const T& to) {
  return fmt::format("{}: set {} {} -> {}", object, name, from, to);
}

// "route default via 192.0.2.254"
inline std::string route(const RouteKey& key, const Route& route) {
  auto text = "route " + to_string(key);
  if (route.via) text += fmt::format(" via {}", *route.via);
  return text;
}

}  // namespace hawser::words
