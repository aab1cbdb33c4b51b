using System.Diagnostics;
using System.Globalization;

namespace Ciaos.Bench.Node;

/// <summary>nginx, the Debian package: GET of files, PUT by WebDAV, which does not sync.</summary>
internal sealed class NginxServer(string folder) : ServerProcess("nginx", folder)
{
    public static string? Program { get; } =
        new[] { "/usr/sbin/nginx", "/usr/local/sbin/nginx" }.FirstOrDefault(File.Exists);

    protected override IEnumerable<int> ProcessIds
    {
        get
        {
            var master = int.Parse(
                File.ReadAllText(Path.Combine(Folder, "nginx.pid")).Trim(), CultureInfo.InvariantCulture);
            return File.ReadAllText($"/proc/{master}/task/{master}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture))
                .Prepend(master);
        }
    }

    // A file has the length of its object; what the file system needs beyond that does not show.
    public override long? DiskBytes() => null;

    protected override ProcessStartInfo Command(int port)
    {
        var root = Path.Combine(Folder, "root");
        Directory.CreateDirectory(root);
        var configuration = Path.Combine(Folder, "nginx.conf");
        File.WriteAllText(configuration, string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            daemon off;
            user root;
            worker_processes 2;
            pid {{Folder}}/nginx.pid;
            error_log {{Folder}}/error.log error;
            events { worker_connections 4096; }
            http {
              access_log off;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 1000000000;
              client_max_body_size 0;
              client_body_buffer_size 1m;
              client_body_temp_path {{Folder}}/body;
              proxy_temp_path {{Folder}}/p; fastcgi_temp_path {{Folder}}/f;
              uwsgi_temp_path {{Folder}}/u; scgi_temp_path {{Folder}}/s;
              open_file_cache max=100000 inactive=60s;
              server {
                listen 127.0.0.1:{{port}};
                root {{root}};
                location / { dav_methods PUT; create_full_put_path on; }
              }
            }

            """));
        return Silent(Program!, "-c", configuration, "-p", Folder);
    }
}
