Console.WriteLine("ciaos");
