// One netlink socket: requests with their acknowledgement, dumps with their repetitions. It belongs to the
// network namespace in which it was opened, whatever the process does later.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "lib/base/fd.h"
#include "lib/base/strong.h"
#include "lib/netlink/message.h"

namespace hawser::nl {

class Socket {
 public:
  // `protocol` is NETLINK_ROUTE or NETLINK_GENERIC.
  static Result<Socket> open(int protocol);

  // Sends one message (with NLM_F_ACK) and waits for its acknowledgement. The error's code is the kernel's
  // errno; its text the kernel's own words, which are often empty: lib/netlink/explain.h makes a sentence of
  // both.
  Status request(Bytes message);

  // Sends one message (with NLM_F_ACK) and gives what came before the acknowledgement, decoded.
  template <class Decode>
  auto ask(const Bytes& message, Decode decode) -> decltype(decode(MessageView{})) {
    decltype(decode(MessageView{})) result = fail("no answer");
    const auto status = exchange(message, [&](const MessageView& view) -> Status {
      result = decode(view);
      return {};
    });
    if (!status) return tl::unexpected(status.error());
    return result;
  }

  // Everything of one dump, decoded by `decode(const MessageView&) -> Result<T>`. A dump that the kernel
  // marks as torn (NLM_F_DUMP_INTR) or whose answers did not fit (ENOBUFS) is taken again, a few times.
  template <class Decode, class T = typename std::invoke_result_t<Decode, const MessageView&>::value_type>
  Result<std::vector<T>> collect(const Bytes& message, Decode decode) {
    std::vector<T> all;
    const auto status = dump(
        message, [&] { all.clear(); },
        [&](const MessageView& view) -> Status {
          auto one = decode(view);
          if (!one) return tl::unexpected(one.error());
          all.push_back(std::move(*one));
          return {};
        });
    if (!status) return tl::unexpected(status.error());
    return all;
  }

  // The index of an interface in the socket's own namespace; an error with ENODEV when there is none.
  Result<IfIndex> index_of(const std::string& name);

 private:
  using Visit = std::function<Status(const MessageView&)>;

  explicit Socket(Fd fd);
  Status dump(const Bytes& message, const std::function<void()>& start, const Visit& visit);
  Status exchange(Bytes message, const Visit& visit);
  Status send(Bytes& message);
  Result<ByteView> receive();
  // True when the exchange is over.
  Result<bool> take_all(ByteView datagram, const std::function<void(const MessageView&)>& visit);

  Fd fd_;
  Bytes buffer_;
  std::uint32_t sequence_ = 0;
  bool torn_ = false;
};

}  // namespace hawser::nl
