// What a library threw, as people are told of it. Pure.
#pragma once

#include <string>
#include <string_view>

namespace hawser::cli {

// "epoll: Too many open files [system:24 at /usr/include/..]" without the part for programmers, and with what
// helps where that is known.
std::string last_words(std::string_view what);

}  // namespace hawser::cli
