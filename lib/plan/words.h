// Pieces of the lines that describe() makes: "NAME FROM -> TO" for each attribute that differs, "NAME VALUE"
// for each that is not the usual one.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "lib/plan/step.h"

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

// "route default via 192.0.2.254"
inline std::string route(const RouteKey& key, const Route& route) {
  auto text = "route " + to_string(key);
  if (route.via) text += fmt::format(" via {}", *route.via);
  return text;
}

std::string service_step(const AddService& step);
std::string service_step(const EditService& step);
std::string service_step(const DeleteService& step);
std::string service_step(const AddReal& step);
std::string service_step(const EditReal& step);
std::string service_step(const DeleteReal& step);

}  // namespace hawser::words
