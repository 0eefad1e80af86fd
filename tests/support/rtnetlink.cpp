#include "tests/support/rtnetlink.h"

#include <array>
#include <cstring>

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/socket.h>

#include "tests/support/failure.h"

namespace hawser::lab::rtnetlink {
namespace {

// A message as it goes out; every piece is padded to four bytes.
class Message {
 public:
  Message(std::uint16_t type, int flags) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    append(&header, sizeof header);
  }
  void link(const ifinfomsg& link) { append(&link, sizeof link); }
  void attribute(std::uint16_t type, const std::string& text) {
    attribute(type, text.c_str(), text.size() + 1);
  }
  template <class Number>
  void number(std::uint16_t type, Number value) {
    attribute(type, &value, sizeof value);
  }
  // An attribute whose content is what `fill` appends.
  template <class Fill>
  void nest(std::uint16_t type, Fill&& fill) {
    const size_t start = bytes_.size();
    attribute(type, nullptr, 0);
    fill();
    const auto length = static_cast<std::uint16_t>(bytes_.size() - start);
    std::memcpy(bytes_.data() + start, &length, sizeof length);
  }
  [[nodiscard]] const std::vector<std::uint8_t>& finish() {
    const auto length = static_cast<std::uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &length, sizeof length);
    return bytes_;
  }

 private:
  void append(const void* data, size_t size) {
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    bytes_.insert(bytes_.end(), bytes, bytes + size);
    bytes_.resize((bytes_.size() + 3) / 4 * 4);
  }
  void attribute(std::uint16_t type, const void* data, size_t size) {
    const rtattr header{.rta_len = static_cast<std::uint16_t>(sizeof header + size), .rta_type = type};
    append(&header, sizeof header);
    if (size > 0) append(data, size);
  }

  std::vector<std::uint8_t> bytes_;
};

// Sends and awaits the acknowledgement; 0 or the kernel's errno.
int exchange(const std::vector<std::uint8_t>& message) {
  const Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) give_up_errno("netlink: socket");
  struct Acknowledgement {
    nlmsghdr header;
    nlmsgerr result;
    std::array<std::uint8_t, 4096> rest;
  } answer{};
  if (::send(socket.get(), message.data(), message.size(), 0) < 0) give_up_errno("netlink: send");
  if (::recv(socket.get(), &answer, sizeof answer, 0) < 0) give_up_errno("netlink: receive");
  return -answer.result.error;
}

void tell_kernel(const Namespace& where, Message& message, const std::string& what) {
  errno = where.inside([&] { return exchange(message.finish()); });
  if (errno != 0) give_up_errno("{}: {}", where.host(), what);
}

int index_of(const Namespace& where, const std::string& name) {
  const unsigned index = where.inside([&] { return ::if_nametoindex(name.c_str()); });
  if (index == 0) give_up("{}: no interface {}", where.host(), name);
  return static_cast<int>(index);
}

ifinfomsg existing(const Namespace& where, const std::string& name) {
  ifinfomsg link{};
  link.ifi_index = index_of(where, name);
  return link;
}

ifinfomsg coming_up() {
  ifinfomsg link{};
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;
  return link;
}

}  // namespace

void add_veth(const Namespace& far_host, const std::string& far, const Namespace& near_host,
              const std::string& near) {
  Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.link(coming_up());
  message.attribute(IFLA_IFNAME, far);
  message.nest(IFLA_LINKINFO, [&] {
    message.attribute(IFLA_INFO_KIND, "veth");
    message.nest(IFLA_INFO_DATA, [&] {
      message.nest(VETH_INFO_PEER, [&] {
        message.link({});
        message.attribute(IFLA_IFNAME, near);
        message.number(IFLA_NET_NS_FD, static_cast<std::uint32_t>(near_host.fd()));
      });
    });
  });
  tell_kernel(far_host, message, fmt::format("add cable {} to {} {}", far, near_host.host(), near));
}

void add_bridge(const Namespace& where, const std::string& name) {
  Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.link(coming_up());
  message.attribute(IFLA_IFNAME, name);
  message.nest(IFLA_LINKINFO, [&] {
    message.attribute(IFLA_INFO_KIND, "bridge");
    message.nest(IFLA_INFO_DATA, [&] {
      message.number(IFLA_BR_STP_STATE, std::uint32_t{0});
      message.number(IFLA_BR_MCAST_SNOOPING, std::uint8_t{0});
    });
  });
  tell_kernel(where, message, fmt::format("add bridge {}", name));
}

void attach(const Namespace& where, const std::string& bridge, const std::string& port,
            std::uint16_t forwarded) {
  Message message(RTM_NEWLINK, 0);
  message.link(existing(where, port));
  message.number(IFLA_MASTER, index_of(where, bridge));
  tell_kernel(where, message, fmt::format("attach {} to {}", port, bridge));
  if (forwarded == 0) return;
  Message option(RTM_NEWLINK, 0);
  option.link(existing(where, port));
  option.nest(IFLA_LINKINFO, [&] {
    option.attribute(IFLA_INFO_SLAVE_KIND, "bridge");
    option.nest(IFLA_INFO_SLAVE_DATA, [&] { option.number(IFLA_BRPORT_GROUP_FWD_MASK, forwarded); });
  });
  tell_kernel(where, option, fmt::format("let groups {:#x} pass {}", forwarded, port));
}

void remove(const Namespace& where, const std::string& name) {
  Message message(RTM_DELLINK, 0);
  message.link(existing(where, name));
  tell_kernel(where, message, fmt::format("remove {}", name));
}

}  // namespace hawser::lab::rtnetlink
