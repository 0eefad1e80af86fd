// The attributes of a netlink message: one after another, or by their numbers. libnl keeps the bounds; unlike
// its nla_parse() this refuses what is left over and a number that is wider than asked.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include "lib/base/address.h"
#include "lib/netlink/message.h"

namespace hawser::nl {

class Attr;

// Calls `visit(const Attr&)` for each attribute. False when a length does not fit, or when a visitor asked an
// attribute for something that it is not (a number of another width): the whole message is then refused.
template <class Visit>
bool for_each_attr(ByteView attributes, Visit visit);

class Attr {
 public:
  Attr(std::uint16_t type, ByteView value, bool& ok) : type_(type), value_(value), ok_(&ok) {}

  [[nodiscard]] int type() const { return type_; }
  [[nodiscard]] ByteView value() const { return value_; }
  template <class Number>
  [[nodiscard]] Number number() const {
    Reader reader{value_};
    const auto value = reader.native<Number>();
    note(reader.finished());
    return value;
  }
  // Unsigned of any width: counters that are 32 bits here and 64 there.
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] std::string text() const;  // up to the first NUL
  [[nodiscard]] IpAddress address() const;
  [[nodiscard]] MacAddress mac() const;  // all zero when the hardware address has another length
  // What the visitor found makes no sense: the whole message is refused.
  void refuse() const { note(false); }
  template <class Visit>
  void each(Visit visit) const {
    note(for_each_attr(value_, visit));
  }

  // What it is, is said by what it goes into.
  void to(std::uint64_t& field) const { field = count(); }
  void to(std::string& field) const { field = text(); }
  void to(std::optional<IpAddress>& field) const { field = address(); }
  void to(MacAddress& field) const { field = mac(); }
  void to(ByteView& field) const { field = value_; }
  template <class Number>
  void to(Number& field) const {
    static_assert(std::has_unique_object_representations_v<Number> && !std::is_same_v<Number, bool>);
    field = number<Number>();
  }

 private:
  void note(bool good) const {
    if (!good) *ok_ = false;
  }

  std::uint16_t type_;
  ByteView value_;
  bool* ok_;
};

// Takes the first attribute off `rest`: its type (without NLA_F_NESTED and such) and value.
bool next_attr(ByteView& rest, std::uint16_t& type, ByteView& value);

template <class Visit>
bool for_each_attr(ByteView attributes, Visit visit) {
  bool ok = true;
  while (!attributes.empty()) {
    std::uint16_t type = 0;
    ByteView value;
    if (!next_attr(attributes, type, value)) return false;
    visit(Attr{type, value, ok});
  }
  return ok;
}

// The attributes of a message or a nest by their numbers; of several of one number the last counts. What does
// not fit or is not what it is read as is remembered, and asked for once: ok().
class Attributes {
 public:
  explicit Attributes(ByteView bytes) { sort(bytes); }
  // Those behind the message's fixed part.
  template <class Fixed>
  Attributes(const MessageView& message, Fixed& fixed) {
    Reader reader{message.payload};
    fixed = reader.native<Fixed>();
    ok_ = reader.ok();
    sort(reader.take(reader.left()));
  }

  // The field stays as it is where there is no such attribute.
  template <class Field>
  void read(int type, Field& field) {
    if (const auto attr = find(type)) attr->to(field);
  }
  // Those inside a nest: `visit(Attributes&)`.
  template <class Visit>
  void inside(int type, Visit visit) {
    const auto nest = find(type);
    if (!nest) return;
    Attributes attributes{nest->value()};
    visit(attributes);
    if (!attributes.ok()) ok_ = false;
  }
  [[nodiscard]] std::optional<Attr> find(int type);
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  void sort(ByteView bytes);

  // By number; no data at all: there is none. None of those that we read has a higher one.
  std::array<ByteView, 64> found_{};
  bool ok_ = true;
};

}  // namespace hawser::nl
