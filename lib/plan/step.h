// A step is one small change to the kernel, as a value: planned, printed, performed, repeated. Where
// something is changed rather than made, it carries what was there, so that the plan names exactly the
// attribute that differs.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "lib/state/state.h"

namespace hawser {

struct CreateLink {  // down, without ports and addresses; a bond with its mode and options in one message
  std::string link;
  Link wanted;
  bool operator==(const CreateLink&) const = default;
};
struct DeleteLink {
  std::string link;
  LinkKind kind = LinkKind::kOther;
  bool operator==(const DeleteLink&) const = default;
};
struct SetLinkUp {
  std::string link;
  bool up = true;
  bool operator==(const SetLinkUp&) const = default;
};
struct SetMtu {
  std::string link;
  std::uint32_t from = 0, to = 0;
  bool operator==(const SetMtu&) const = default;
};
struct SetMac {
  std::string link;
  MacAddress from, to;
  bool operator==(const SetMac&) const = default;
};
// Into a bond or a VRF, or out of one (an empty `to`).
struct SetMaster {
  std::string link;
  std::string from, to;
  bool operator==(const SetMaster&) const = default;
};
struct SetBondMode {  // the bond must be down and empty
  std::string bond;
  BondMode from{}, to{};
  bool operator==(const SetBondMode&) const = default;
};
struct SetBondOption {
  std::string bond;
  BondOption option{};
  std::uint32_t from = 0, to = 0;
  bool operator==(const SetBondOption&) const = default;
};
struct SetBondPrimary {
  std::string bond;
  std::string from, to;  // empty: none
  bool operator==(const SetBondPrimary&) const = default;
};
struct SetBondTargets {  // replaces the whole set
  std::string bond;
  Family family = Family::kIpv4;  // arp_ip_target or ns_ip6_target
  std::vector<IpAddress> from, to;
  bool operator==(const SetBondTargets&) const = default;
};
struct SetAdActorSystem {
  std::string bond;
  MacAddress from, to;
  bool operator==(const SetAdActorSystem&) const = default;
};
struct SetPortOptions {  // prio, queue_id of a device that is already a port
  std::string bond;
  std::string port;
  BondPort from, to;
  bool operator==(const SetPortOptions&) const = default;
};
struct SetActivePort {  // never planned: asked for by bondctl switch and by the bond guard
  std::string bond;
  std::string port;
  bool operator==(const SetActivePort&) const = default;
};
struct AddAddress {
  std::string link;
  Prefix prefix;
  Address address;
  bool operator==(const AddAddress&) const = default;
};
struct ChangeAddress {
  std::string link;
  Prefix prefix;
  Address from, to;
  bool operator==(const ChangeAddress&) const = default;
};
struct RemoveAddress {
  std::string link;
  Prefix prefix;
  bool operator==(const RemoveAddress&) const = default;
};
struct AddRoute {
  RouteKey key;
  Route route;
  bool before_others = false;  // of its key, which are there and stay; IPv4 only
  bool operator==(const AddRoute&) const = default;
};
struct ChangeRoute {
  RouteKey key;
  Route from, to;
  bool operator==(const ChangeRoute&) const = default;
};
struct RemoveRoute {
  RouteKey key;
  Route route;
  bool operator==(const RemoveRoute&) const = default;
};
struct AddService {  // without its real servers: each is a step of its own
  ServiceKey key;
  Service service;
  bool operator==(const AddService&) const = default;
};
struct EditService {
  ServiceKey key;
  Service from, to;  // reals are not looked at
  bool operator==(const EditService&) const = default;
};
struct DeleteService {
  ServiceKey key;
  bool operator==(const DeleteService&) const = default;
};
struct AddReal {
  ServiceKey key;
  Endpoint real;
  RealServer server;
  bool operator==(const AddReal&) const = default;
};
struct EditReal {  // the kernel replaces the whole entry: `to` is complete
  ServiceKey key;
  Endpoint real;
  RealServer from, to;
  bool operator==(const EditReal&) const = default;
};
struct DeleteReal {
  ServiceKey key;
  Endpoint real;
  bool operator==(const DeleteReal&) const = default;
};

using Step = std::variant<CreateLink, DeleteLink, SetLinkUp, SetMtu, SetMac, SetMaster, SetBondMode,
                          SetBondOption, SetBondPrimary, SetBondTargets, SetAdActorSystem, SetPortOptions,
                          SetActivePort, AddAddress, ChangeAddress, RemoveAddress, AddRoute, ChangeRoute,
                          RemoveRoute, AddService, EditService, DeleteService, AddReal, EditReal, DeleteReal>;

// One line per step, object first: "bond0: set miimon 100ms -> 50ms",
// "tcp 192.0.2.100:80: edit real server 198.51.100.21:8080: weight 100 -> 1".
std::string describe(const Step& step);

// What the step is about, for people and programs: "bond0", "tcp 192.0.2.100:80".
// A port's steps belong to its bond, a route's to its device.
std::string object_of(const Step& step);

}  // namespace hawser
